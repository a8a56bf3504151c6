import { Modal } from "@/components/Modal";
import { MASK_KEYS } from "@/features/mask/keys";

/** All keys of the painter, from the table that its handler uses. */
export function MaskKeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal title="Keys of the mask painter" description="Painting without a mouse." onClose={onClose}>
      <dl className="grid grid-cols-[7rem_1fr] gap-y-1 text-sm">
        {MASK_KEYS.map(({ shown, does }) => (
          <div key={shown} className="contents">
            <dt>
              <kbd className="rounded border border-line bg-raised px-1.5 py-0.5 font-sans text-xs">{shown}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
        <div className="contents">
          <dt>
            <kbd className="rounded border border-line bg-raised px-1.5 py-0.5 font-sans text-xs">Esc</kbd>
          </dt>
          <dd>Drop the stroke or shape under way; otherwise close, the mask is kept</dd>
        </div>
      </dl>
      <p className="mt-4 text-sm text-soft">
        By touch: one finger paints, two fingers move and zoom. With a mouse: the wheel zooms, its button pans.
      </p>
    </Modal>
  );
}
