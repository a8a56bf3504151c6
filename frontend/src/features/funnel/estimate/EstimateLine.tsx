import type { Answer } from "@/features/funnel/estimate/useEstimate";
import { plural, range } from "@/lib/format";
import { nameOf, useGpuStore } from "@/stores/gpuStore";

/** The estimated time, and the GPUs that would draw. */
export function EstimateLine({ answer }: { answer: Answer }) {
  const gpus = useGpuStore((store) => store.gpus);
  if (!answer) return <p className="text-sm text-soft">Asking the GPUs…</p>;
  if (answer.problem) {
    return (
      <p role="alert" className="text-sm text-bad">
        {answer.problem.message}
      </p>
    );
  }
  const { eta_range_seconds: eta, gpus: shares, waiting_for: reason } = answer.estimate;
  const count = shares.reduce((sum, share) => sum + share.count, 0);
  if (!eta) return <p className="text-sm text-warm">{reason ?? "No GPU can say when yet."}</p>;
  return (
    <p className="text-sm text-soft" data-estimate>
      {plural(count, "picture")} · <span className="text-text">{range(...(eta as [number, number]))}</span> ·{" "}
      {shares.map((share) => `${nameOf(gpus, share.gpu_id)} ×${share.count}`).join(", ")}
    </p>
  );
}
