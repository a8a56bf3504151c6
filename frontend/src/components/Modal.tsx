import { Dialog } from "radix-ui";
import { useState, type ReactNode } from "react";

interface Props {
  title: string;
  /** One sentence for screen readers. */
  description: string;
  onClose: () => void;
  /** True: a panel on the right; false: a window in the middle. */
  side?: boolean;
  /** True: wide enough for pictures. */
  wide?: boolean;
  children: ReactNode;
}

export function Modal({ title, description, onClose, side = false, wide = false, children }: Props) {
  const place = side
    ? "inset-y-0 right-0 h-full w-full max-w-md rounded-l-2xl"
    : "left-1/2 top-1/2 max-h-[85dvh] -translate-x-1/2 -translate-y-1/2 rounded-2xl " +
      (wide ? "w-[min(56rem,calc(100vw-2rem))]" : "w-[min(36rem,calc(100vw-2rem))]");
  const [opener] = useState(() => document.activeElement);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/60" />
        <Dialog.Content
          className={`fixed z-50 overflow-y-auto border border-line bg-panel p-5 shadow-2xl ${place}`}
          onInteractOutside={(event) => {
            // a notice's button answers what was done in here
            if (event.target instanceof Element && event.target.closest("[data-sonner-toaster]"))
              event.preventDefault();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault(); // without a trigger it would leave the keyboard with nobody
            const taken = document.activeElement !== document.body; // what was chosen here has led elsewhere
            if (opener instanceof HTMLElement && !taken) opener.focus();
          }}
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <div>
              <Dialog.Title className="text-lg font-semibold">{title}</Dialog.Title>
              <Dialog.Description className="text-sm text-soft">{description}</Dialog.Description>
            </div>
            <Dialog.Close className="rounded-lg px-2 py-1 text-soft hover:bg-raised hover:text-text" aria-label="Close">
              ✕
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
