import { useEffect, useState } from "react";

import { refusalInWords } from "@/actions/refusals";
import { OtherWay } from "@/actions/estimate/EstimateLine";
import { useEstimate, type Answer } from "@/actions/estimate/useEstimate";
import { Button } from "@/components/Button";
import { drawGrid } from "@/features/concept/building";
import { gridBody } from "@/features/concept/grid";
import { NAMES, sentCards, sidesTicked, type ConceptState, type Side } from "@/features/concept/state";
import { plural, range } from "@/lib/format";
import { usd } from "@/lib/money";
import { useGpuStore } from "@/stores/gpuStore";
import { useSessionStore } from "@/stores/sessionStore";

/** What the ticked chips would draw, and how long that takes. */
export function VaryBar({ concept }: { concept: ConceptState }) {
  const sides = sidesTicked(concept);
  const body = useGridBody(concept, sides);
  const answer = useEstimate(body, "/api/generate/variations/estimate");
  const [sending, setSending] = useState(false);
  if (!sides.length) return null;
  const count = sides.reduce((product, side) => product * side.values.length, 1);
  const draw = () => {
    if (!body) return;
    setSending(true);
    void drawGrid(sides, body).then(() => setSending(false));
  };
  return (
    <div data-vary className="sticky bottom-(--pages) z-10 grid gap-2 rounded-xl border border-accent bg-panel p-3">
      <p className="text-sm" aria-live="polite">
        {sides.map((side) => `${NAMES[side.field].name} ×${side.values.length}`).join(" · ")} = {plural(count, "draft")}
        <InTime answer={answer} />
      </p>
      {answer?.estimate && <OtherWay answer={answer} />}
      <Button
        look="primary"
        className="min-h-11"
        disabled={!body || sending || Boolean(answer?.problem)}
        onClick={draw}
      >
        {sending ? "Sending…" : `Vary: ${plural(count, "draft")}, one seed`}
      </Button>
    </div>
  );
}

function InTime({ answer }: { answer: Answer }) {
  const gpus = useGpuStore((store) => store.gpus);
  if (!answer) return <span className="text-soft"> · asking the GPUs…</span>;
  if (answer.problem)
    return (
      <span role="alert" className="block text-bad">
        {refusalInWords(answer.problem, gpus)}
      </span>
    );
  const { eta_range_seconds: eta, gpus: shares, waiting_for: reason } = answer.estimate;
  const cost = shares.reduce((sum, share) => sum + share.cost_usd, 0);
  if (!eta) return <span className="text-warm"> · {reason ?? "no GPU can say when yet"}</span>;
  const [least, most] = eta;
  return (
    <>
      {" "}
      · {range(least as number, most as number)} · on {plural(shares.length, "GPU")}
      {cost > 0 && ` · ${usd(cost)}`}
    </>
  );
}

/** The request for the grid; null until its prompt is put together. */
function useGridBody(concept: ConceptState, sides: readonly Side[]): Record<string, unknown> | null {
  const { flows, config } = useSessionStore();
  const [found, setFound] = useState<{ of: string; body: Record<string, unknown> | null }>({ of: "", body: null });
  const settings = [
    config.preset,
    config.format,
    config.stages[0],
    config.max_cost_usd,
    config.styles,
    config.wildcards,
    flows !== null,
  ];
  const of = sides.length ? JSON.stringify([sides, sentCards(concept), settings]) : "";
  useEffect(() => {
    if (!of) return undefined;
    let over = false;
    const [asked] = JSON.parse(of) as [Side[]];
    gridBody(asked).then(
      (body) => over || setFound({ of, body }),
      () => over || setFound({ of, body: null }), // the hub is away: its estimate says so when it is back
    );
    return () => {
      over = true;
    };
  }, [of]);
  return found.of === of ? found.body : null;
}
