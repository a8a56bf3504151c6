import type { Gpu } from "@/api/types";

import { factsOf } from "./facts";

/** What a node that is no card of one's own draws with and costs. */
export function NodeFacts({ gpu }: { gpu: Gpu }) {
  const facts = factsOf(gpu);
  if (!facts.length) return null;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-xs">
      {facts.map(([name, words]) => (
        <div key={name} className="contents">
          <dt className="text-soft">{name}</dt>
          <dd className="wrap-anywhere tabular-nums">{words}</dd>
        </div>
      ))}
    </dl>
  );
}
