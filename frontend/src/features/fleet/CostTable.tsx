import { get } from "@/api/client";
import type { Costs } from "@/api/types";
import { plural } from "@/lib/format";
import { usd } from "@/lib/money";
import { hrefOf } from "@/lib/route";
import { useGenerationStore } from "@/stores/generationStore";
import { nameOf, useGpuStore } from "@/stores/gpuStore";

import { usePolledMoney } from "./usePolled";

type Sum = Costs["total"];

const MOST_SESSIONS = 10;

const ask = (): Promise<Costs> => get<Costs>("/api/costs");

/** What pictures have cost: today, this month, by node and by session. Shown where anything costs something. */
export function CostTable() {
  const { answer } = usePolledMoney(ask);
  const priced = useGpuStore(({ gpus }) => gpus.some(({ cost }) => cost !== null));
  const gpus = useGpuStore((state) => state.gpus);
  const open = useGenerationStore(({ live }) => live.session?.id);
  if (!answer || (!priced && !answer.gpus.length)) return null;
  const sessions = answer.sessions.slice(0, MOST_SESSIONS);
  return (
    <section aria-label="Costs" className="grid min-w-0 gap-3 rounded-2xl border border-line bg-panel p-5">
      <h2 className="text-lg font-semibold">Costs</h2>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Table of costs">
        <table className="w-full text-left text-sm whitespace-nowrap tabular-nums">
          <thead className="text-xs text-soft">
            <tr>
              <td className="py-1 pr-4" />
              <th scope="col" className="py-1 pr-4 font-normal">
                Spent
              </th>
              <th scope="col" className="py-1 pr-4 font-normal" title="For what is under way">
                Set aside
              </th>
              <th scope="col" className="py-1 pr-4 font-normal" title="It counts as if it was charged">
                Unclear
              </th>
              <th scope="col" className="py-1 font-normal">
                For
              </th>
            </tr>
          </thead>
          <tbody>
            <Row name="Today (UTC)" sum={answer.today} />
            <Row name="This month" sum={answer.this_month} />
            {answer.gpus.map((each) => (
              <Row key={each.gpu_id} name={`This month on ${nameOf(gpus, each.gpu_id)}`} sum={each} />
            ))}
            {sessions.map((each) => (
              <Row
                key={each.session_id}
                name={each.session_id === open ? "The open session" : `Session ${each.session_id.slice(0, 8)}`}
                sum={each}
                href={hrefOf({ page: "studio", sessionId: each.session_id })}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ name, sum, href }: { name: string; sum: Sum; href?: string }) {
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-1.5 pr-4 font-normal">
        {href ? (
          <a href={href} className="text-accent underline-offset-2 hover:underline">
            {name}
          </a>
        ) : (
          name
        )}
      </th>
      {[sum.spent_usd, sum.committed_usd, sum.unclear_usd].map((amount, column) => (
        <td key={column} className="py-1.5 pr-4">
          {amount ? usd(amount) : "–"}
        </td>
      ))}
      <td className="py-1.5 text-soft">{plural(sum.pictures, "picture")}</td>
    </tr>
  );
}
