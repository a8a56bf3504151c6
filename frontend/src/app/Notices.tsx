import { Toaster } from "sonner";

import type { Theme } from "@/stores/uiStore";

/** Short messages about what just happened: in the middle of the page's head or, on a phone, over the line of GPUs.
 * Clicks pass through to what is below, except on a notice's own button. */
export function Notices({ theme }: { theme: Theme }) {
  return (
    <Toaster
      theme={theme}
      position="top-center"
      offset={{ top: 4 }}
      mobileOffset={{ top: 50, left: 8, right: 8 }}
      gap={6}
      toastOptions={{ className: "notice" }}
    />
  );
}
