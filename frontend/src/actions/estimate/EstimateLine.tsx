import type { HubProblem } from "@/api/client";
import type { Estimate } from "@/api/types";
import { Button } from "@/components/Button";
import { bothWays } from "@/actions/estimate/bothWays";
import type { Answer } from "@/actions/estimate/useEstimate";
import { plural, range } from "@/lib/format";
import { usd } from "@/lib/money";
import { refusalInWords } from "@/actions/refusals";
import { nameOf, useGpuStore } from "@/stores/gpuStore";
import { useMaxCost } from "@/stores/useMaxCost";

/** The estimated time, and the GPUs that would draw; with money and without, where that differs. */
export function EstimateLine({ answer }: { answer: Answer }) {
  const gpus = useGpuStore((store) => store.gpus);
  if (!answer) return <p className="text-sm text-soft">Asking the GPUs…</p>;
  if (answer.problem) return <Refused problem={answer.problem} />;
  const { eta_range_seconds: eta, gpus: shares, waiting_for: reason } = answer.estimate;
  const count = shares.reduce((sum, share) => sum + share.count, 0);
  return (
    <div className="grid gap-1 text-sm">
      {eta ? (
        <p className="text-soft" data-estimate>
          {plural(count, "picture")} · <span className="text-text">{range(...(eta as [number, number]))}</span> ·{" "}
          {shares.map((share) => `${nameOf(gpus, share.gpu_id)} ×${share.count}`).join(", ")}
        </p>
      ) : (
        <p className="text-warm">{reason ?? <WithoutTime estimate={answer.estimate} />}</p>
      )}
      <OtherWay answer={answer} />
    </div>
  );
}

/** Where some of it could begin and nobody can say when all of it is done. */
function WithoutTime({ estimate }: { estimate: Estimate }) {
  const { maxCost } = useMaxCost();
  const tooLittle = maxCost > 0 && estimate.free.eta_seconds === null && !estimate.paid;
  return tooLittle ? `Not all of it can be drawn for ${usd(maxCost)}: allow more.` : "No GPU can say when yet.";
}

function Refused({ problem }: { problem: HubProblem }) {
  const gpus = useGpuStore((store) => store.gpus);
  return (
    <p role="alert" className="text-sm text-bad">
      {refusalInWords(problem, gpus)}
    </p>
  );
}

/** With money and without, where that differs. */
export function OtherWay({ answer }: { answer: NonNullable<Answer> }) {
  const gpus = useGpuStore((store) => store.gpus);
  const { maxCost, say } = useMaxCost();
  const { estimate } = answer;
  const ways = estimate && bothWays(estimate, gpus, maxCost);
  if (!ways) {
    const useless = maxCost > 0 && estimate && estimate.eta_range_seconds !== null;
    return useless ? <p className="text-soft">Costs nothing: money would not make it quicker.</p> : null;
  }
  const { free, paid, toAllow } = ways;
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-soft" data-both-ways>
      <span>
        {free} – <span className="text-text">{paid}</span>
      </span>
      {toAllow !== null && (
        <Button look="quiet" className="min-h-7 border border-line py-0.5" onClick={() => say(toAllow)}>
          Allow {usd(toAllow)}
        </Button>
      )}
    </p>
  );
}
