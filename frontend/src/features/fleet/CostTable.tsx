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

/** What pictures and rented machines have cost: today, this month, by node and by session. Shown where anything costs something. */
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
      <table className="w-full text-left text-sm tabular-nums max-sm:block">
        <thead className="text-xs text-soft max-sm:sr-only">
          <tr>
            <td className="py-1 pr-4" />
            <th scope="col" className="py-1 pr-4 font-normal">
              For
            </th>
            <th scope="col" className="py-1 text-right font-normal">
              All
            </th>
          </tr>
        </thead>
        <tbody className="max-sm:block">
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
    </section>
  );
}

function Row({ name, sum, href }: { name: string; sum: Sum; href?: string }) {
  return (
    <tr className="grid grid-cols-[1fr_auto] border-t border-line align-top sm:table-row">
      <th scope="row" className="py-1.5 pr-4 font-normal">
        {href ? (
          <a href={href} className="text-accent underline-offset-2 hover:underline">
            {name}
          </a>
        ) : (
          name
        )}
      </th>
      <td className="pr-4 text-soft max-sm:col-span-2 max-sm:row-start-2 max-sm:pb-1.5 sm:py-1.5">
        {partsOf(sum).join(" · ")}
      </td>
      <td className="py-1.5 text-right whitespace-nowrap">{sum.all_usd ? usd(sum.all_usd) : "–"}</td>
    </tr>
  );
}

/** What was paid for; amounts that are nothing are left out. */
function partsOf(sum: Sum): string[] {
  const { pictures, spent_usd: spent, committed_usd: aside, unclear_usd: unclear, machine_usd: machine } = sum;
  const parts: [string, number][] = [
    [plural(pictures, "picture"), spent],
    ["set aside", aside],
    ["unclear, counted as charged", unclear],
    ["machines starting and idling", machine],
  ];
  return parts
    .filter(([, amount], index) => amount || (index === 0 && pictures))
    .map(([what, amount]) => (amount ? `${what} ${usd(amount)}` : what));
}
