import type { LoraCard } from "@/api/types";
import { modelName } from "@/lib/format";

interface Props {
  name: string;
  card: LoraCard | undefined;
}

/** A LoRA by its picture, title and file. */
export function LoraCardLine({ name, card }: Props) {
  const file = modelName(name);
  const title = card?.title;
  return (
    <span className="flex min-w-0 grow items-center gap-2" title={[name, card?.description].filter(Boolean).join("\n")}>
      {card?.thumbnail ? (
        <img src={card.thumbnail} alt="" className="size-9 shrink-0 rounded object-cover" />
      ) : (
        <span aria-hidden className="size-9 shrink-0 rounded border border-line" />
      )}
      <span className="min-w-0">
        <span className="block truncate">{title || file}</span>
        <span className="block truncate text-xs text-soft">
          {[title && title !== file && file, card?.family].filter(Boolean).join(" · ")}
        </span>
      </span>
    </span>
  );
}
