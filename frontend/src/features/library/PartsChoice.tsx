import type { StyleParts } from "@/stores/libraryStore";

interface Props {
  parts: StyleParts;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Which pieces go into the words of a style. */
export function PartsChoice({ parts, chosen, onChange }: Props) {
  return (
    <fieldset className="grid gap-1">
      <legend className="text-sm font-medium">Which cards go in</legend>
      <div className="grid gap-x-3 sm:grid-cols-2">
        {parts.of.map(({ id, name, text }) => (
          <label key={id} className="flex min-h-9 min-w-0 cursor-pointer items-center gap-2 text-sm" title={text}>
            <input
              type="checkbox"
              className="size-4 shrink-0 accent-(--accent)"
              checked={chosen.includes(id)}
              onChange={({ target }) =>
                onChange(target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
              }
            />
            <span className="min-w-0 truncate">
              {name} <span className="text-soft">{text}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
