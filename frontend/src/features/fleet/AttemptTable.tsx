import { seconds } from "@/lib/format";
import { nameOf, useGpuStore } from "@/stores/gpuStore";

import { OUTCOME_WORDS, type Bar } from "./timeline";

const MOST_SHOWN = 5;

/** The content of the bars for screen readers; errors for everybody. */
export function AttemptTable({ bars }: { bars: readonly Bar[] }) {
  const gpus = useGpuStore((state) => state.gpus);
  const wrong = bars.filter(({ outcome }) => outcome === "lost" || outcome === "errored");
  return (
    <>
      {wrong.length > 0 && (
        <ul className="grid gap-1 text-sm">
          {wrong.slice(0, MOST_SHOWN).map(({ attempt, from, to, outcome }) => (
            <li key={attempt.attempt_id} className="line-clamp-3">
              <span className={outcome === "errored" ? "text-bad" : "text-warm"}>{outcome}</span> on{" "}
              {nameOf(gpus, attempt.gpu_id)} after {seconds(to - from)}
              {attempt.error_message && <span className="text-soft">: {attempt.error_message}</span>}
            </li>
          ))}
          {wrong.length > MOST_SHOWN && <li className="text-soft">and {wrong.length - MOST_SHOWN} more</li>}
        </ul>
      )}
      <div className="sr-only">
        <table>
          <caption>Attempts of the newest batch</caption>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">State</th>
              <th scope="col">Began after</th>
              <th scope="col">Took</th>
              <th scope="col">Error</th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ attempt, from, to, outcome }) => (
              <tr key={attempt.attempt_id}>
                <th scope="row">{nameOf(gpus, attempt.gpu_id)}</th>
                <td>{OUTCOME_WORDS[outcome]}</td>
                <td>{seconds(from)}</td>
                <td>{seconds(to - from)}</td>
                <td>{attempt.error_message ?? ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
