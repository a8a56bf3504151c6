import { useShallow } from "zustand/react/shallow";

import { NotDrawn } from "@/actions/asked/NotDrawn";
import { WaitingReason } from "@/actions/asked/WaitingReason";
import { cancelBatch } from "@/actions/batches";
import { TERMINAL, type Batch, type Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { useGenerationStore } from "@/stores/generationStore";

/** How far the pictures of a grid or a way are, what they wait for, and how they are stopped or had after all. */
export function Asked({ batch }: { batch: Batch }) {
  const members = useMembers(batch.generations);
  if (members.every((each) => TERMINAL.has(each.status))) return <NotDrawn of={members} />;
  const drawn = members.filter((each) => each.status === "complete").length;
  return (
    <p className="flex flex-wrap items-center gap-x-3 text-sm text-soft" data-asked>
      <span className="tabular-nums">
        {drawn} of {members.length} drawn
      </span>
      <Button look="quiet" className="border border-line" onClick={() => void cancelBatch(batch.batch_id)}>
        Stop
      </Button>
      <WaitingReason of={members} className="w-full" />
    </p>
  );
}

/** As they are now. */
const useMembers = (told: readonly Generation[]): readonly Generation[] =>
  useGenerationStore(useShallow(({ live }) => told.flatMap(({ id }) => live.generations[id] ?? [])));
