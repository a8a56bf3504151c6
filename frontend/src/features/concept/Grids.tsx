import { useMemo } from "react";

import { NotDrawn } from "@/actions/asked/NotDrawn";
import { WaitingReason } from "@/actions/asked/WaitingReason";
import { cancelBatch } from "@/actions/batches";
import type { Generation } from "@/api/types";
import { TERMINAL } from "@/api/types";
import { Button } from "@/components/Button";
import { NAMES, parameterOf, type ConceptState, type Side } from "@/features/concept/state";
import { isSmall } from "@/features/concept/smallPictures";
import { Tile } from "@/features/concept/Tile";
import { clock, plural } from "@/lib/format";
import { ofStage, useGenerationStore } from "@/stores/generationStore";

/** Every draft, the newest batch first; what was varied lies in a labelled grid. */
export function Grids({ concept }: { concept: ConceptState }) {
  const generations = useGenerationStore(({ live }) => live.generations);
  const batches = useMemo(() => ofStage(generations, 0).filter(([first]) => first && !isSmall(first)), [generations]);
  if (!batches.length)
    return <p className="py-10 text-center text-soft">No pictures yet. Draw drafts, or tick chips and vary them.</p>;
  return (
    <div className="grid gap-6">
      {batches.map((members) => {
        const [first] = members;
        if (!first) return null;
        const sides = concept.grids[first.batch_id];
        const open = members.some((each) => !TERMINAL.has(each.status));
        return (
          <section key={first.batch_id} aria-label={`Asked for at ${clock(first.created_at)}`} className="min-w-0">
            <p className="mb-2 flex flex-wrap items-center gap-2 text-xs text-soft">
              {clock(first.created_at)} · {plural(members.length, "picture")}
              {sides && <span>· one seed: {String(first.seed)}</span>}
              {open && (
                <Button look="quiet" className="min-h-7 py-0.5" onClick={() => void cancelBatch(first.batch_id)}>
                  Cancel
                </Button>
              )}
              <WaitingReason of={members} className="w-full" />
            </p>
            <NotDrawn of={members} />
            {sides?.length ? <Labelled members={members} sides={sides} /> : <Plain members={members} />}
          </section>
        );
      })}
    </div>
  );
}

function Plain({ members }: { members: readonly Generation[] }) {
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(9.5rem,45%),1fr))] gap-2">
      {members.map((each, index) => (
        <li key={each.id}>
          <Tile generation={each} label={`Picture ${index + 1}`} />
        </li>
      ))}
    </ul>
  );
}

function Labelled({ members, sides }: { members: readonly Generation[]; sides: readonly Side[] }) {
  const [x, y] = sides;
  if (!x) return null;
  const at = (across: string, down: string | null) =>
    members.find(
      ({ varied }) => varied[parameterOf(x)] === across && (!y || down === null || varied[parameterOf(y)] === down),
    );
  return (
    <div className="overflow-x-auto rounded-lg" tabIndex={0} role="region" aria-label="Labelled grid">
      <table className="border-separate border-spacing-1 text-xs">
        <caption className="sr-only">
          {NAMES[x.field].name} across{y && `, ${NAMES[y.field].name} down`}
        </caption>
        <thead>
          <tr>
            {y && <td />}
            {x.values.map((each) => (
              <th key={each} scope="col" className="max-w-40 p-1 text-left font-medium">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(y?.values ?? [null]).map((down) => (
            <tr key={down ?? ""}>
              {down !== null && (
                <th scope="row" className="sticky left-0 z-10 w-24 bg-bg p-1 text-left align-top font-medium">
                  {down}
                </th>
              )}
              {x.values.map((across) => {
                const picture = at(across, down);
                const label = [across, down].filter(Boolean).join(", ");
                return (
                  <td key={across} className="w-40 min-w-28 align-top">
                    {picture && <Tile generation={picture} label={label} />}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
