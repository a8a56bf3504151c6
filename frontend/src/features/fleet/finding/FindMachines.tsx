import { Suspense, useState } from "react";

import { Button } from "@/components/Button";
import { lazily } from "@/components/lazily";

const FindDialog = lazily(() => import("./FindDialog").then((module) => module.FindDialog));

/** Looks for ComfyUIs in the hub's network, after saying what it would ask. */
export function FindMachines() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Find machines</Button>
      {open && (
        <Suspense fallback={null}>
          <FindDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
