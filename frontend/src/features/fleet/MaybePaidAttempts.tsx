import { useState } from "react";
import { toast } from "sonner";

import { get, post } from "@/api/client";
import type { MaybePaid, MaybePaidAction, MaybePaidAnswer, MaybePaidList } from "@/api/types";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Confirm";
import { moment } from "@/lib/format";
import { usd } from "@/lib/money";
import { useGenerationStore } from "@/stores/generationStore";
import { nameOf, useGpuStore } from "@/stores/gpuStore";

import { usePolledMoney } from "./usePolled";

const ask = (): Promise<MaybePaidList> => get<MaybePaidList>("/api/costs/maybe-paid");

/** Attempts of which nobody can tell whether they were paid for: none is repeated unless somebody says so. */
export function MaybePaidAttempts() {
  const { answer, askAgain } = usePolledMoney(ask);
  if (!answer?.attempts.length) return null;
  return (
    <section aria-label="Maybe paid" className="grid gap-3 rounded-2xl border border-warm bg-panel p-5">
      <div>
        <h2 className="text-lg font-semibold">Maybe paid</h2>
        <p className="text-sm text-soft">
          Nobody can tell whether these were drawn and charged, so none is asked for again by itself.
        </p>
      </div>
      <ul className="grid gap-2">
        {answer.attempts.map((attempt) => (
          <Row key={attempt.attempt_id} attempt={attempt} onSettled={askAgain} />
        ))}
      </ul>
    </section>
  );
}

function Row({ attempt, onSettled }: { attempt: MaybePaid; onSettled: () => void }) {
  const gpus = useGpuStore((state) => state.gpus);
  const [busy, setBusy] = useState(false);
  const [paying, setPaying] = useState(false);
  const name = attempt.prompt || "a picture without a prompt";
  const price = attempt.amount_usd === null ? "an unknown amount" : usd(attempt.amount_usd);
  const settle = async (action: MaybePaidAction) => {
    setBusy(true);
    try {
      const path = `/api/costs/maybe-paid/${encodeURIComponent(attempt.attempt_id)}`;
      const { message, generation } = await post<MaybePaidAnswer>(path, { action });
      toast(message);
      const known = useGenerationStore.getState();
      if (known.live.generations[generation.id]) known.replace([generation]);
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
    onSettled();
  };
  return (
    <li className="grid gap-2 rounded-xl bg-raised p-3 text-sm" data-maybe-paid={attempt.attempt_id}>
      <p className="line-clamp-2" dir="auto">
        {name}
      </p>
      <p className="text-xs text-soft">
        {price} on {nameOf(gpus, attempt.gpu_id)}, {moment(attempt.created_at)}: {attempt.message}
      </p>
      <div role="group" aria-label={`What becomes of ${name}`} className="flex flex-wrap gap-2">
        <Button
          disabled={busy}
          title="Ask the node what became of it; costs nothing"
          onClick={() => void settle("find_out")}
        >
          Find out
        </Button>
        <Button
          disabled={busy}
          title="It counts as paid, and is not asked about again"
          onClick={() => void settle("give_up")}
        >
          Give up
        </Button>
        <Button look="danger" disabled={busy} onClick={() => setPaying(true)}>
          Pay again…
        </Button>
      </div>
      {paying && (
        <Confirm
          title="Pay again?"
          description={`The first try counts as paid for, and the picture is asked for once more, which may cost ${price} again.`}
          action="Pay again"
          onConfirm={() => void settle("pay_again")}
          onClose={() => setPaying(false)}
        />
      )}
    </li>
  );
}
