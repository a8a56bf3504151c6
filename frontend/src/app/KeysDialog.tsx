import { Modal } from "@/components/Modal";
import { KEYS, type Key } from "@/lib/keys";

const PLACES = ["Grid", "Cards", "Map", "Viewer", "Everywhere"] as const;

/** All keys, from the table that the handlers use. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const all: Key[] = Object.values(KEYS);
  return (
    <Modal title="Keys" description="The studio without a mouse." onClose={onClose}>
      <div className="grid gap-5">
        {PLACES.map((place) => (
          <section key={place}>
            <h3 className="mb-1 text-xs font-semibold uppercase tracking-wide text-soft">{place}</h3>
            <dl className="grid grid-cols-[5rem_1fr] gap-y-1 text-sm">
              {all
                .filter((key) => key.where === place && key.shown)
                .map((key) => (
                  <div key={`${key.where}${key.shown}`} className="contents">
                    <dt>
                      <kbd className="rounded border border-line bg-raised px-1.5 py-0.5 font-sans text-xs">
                        {key.shown}
                      </kbd>
                    </dt>
                    <dd>{key.does}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
