import type { Generation } from "@/api/types";
import { isWildcard } from "@/lib/varied";

/** What the picture was drawn from and, where that is something else, what was written. */
export function Prompts({ generation }: { generation: Generation }) {
  return (
    <div>
      <h3 className="mb-1 text-xs font-semibold uppercase tracking-wide text-soft">Prompt</h3>
      <p dir="auto" className="max-h-40 overflow-y-auto text-sm whitespace-pre-wrap">
        {generation.prompt || "None"}
      </p>
      {generation.negative_prompt && (
        <p dir="auto" className="mt-2 max-h-24 overflow-y-auto text-sm whitespace-pre-wrap text-soft">
          Without: {generation.negative_prompt}
        </p>
      )}
      {generation.written && <AsWritten generation={generation} written={generation.written} />}
    </div>
  );
}

interface Props {
  generation: Generation;
  written: NonNullable<Generation["written"]>;
}

/** The words before styles and wildcards, and what became of each wildcard. */
function AsWritten({ generation, written }: Props) {
  const drawn = Object.entries(generation.varied).filter(([name]) => isWildcard(name));
  const rows: [string, string][] = [
    ["Written", written.prompt],
    ["Styles", written.styles.join(", ")],
    ...drawn.map(([name, value]): [string, string] => [name, String(value)]),
  ];
  return (
    <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm" data-written>
      {rows
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="max-w-40 truncate text-soft" title={name}>
              {name}
            </dt>
            <dd dir="auto" className="wrap-anywhere">
              {value}
            </dd>
          </div>
        ))}
    </dl>
  );
}
