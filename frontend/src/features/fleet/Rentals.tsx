import { useState } from "react";
import { toast } from "sonner";

import { get, request } from "@/api/client";
import type { Rental, RentalList } from "@/api/types";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Confirm";
import { moment } from "@/lib/format";
import { usd } from "@/lib/money";
import { nameOf, useGpuStore } from "@/stores/gpuStore";

import { usePolledMoney } from "./usePolled";

const ask = (): Promise<RentalList> => get<RentalList>("/api/rentals");
const isRented = ({ rentals }: RentalList): boolean => rentals.some(({ ended_at: ended }) => !ended);

/** Machines that are rented, what they have cost so far, and the way to end them. */
export function Rentals() {
  const { answer, askAgain } = usePolledMoney(ask, isRented);
  if (!answer || (!answer.rentals.length && !answer.problems.length)) return null;
  return (
    <section aria-label="Rented machines" className="grid gap-3 rounded-2xl border border-line bg-panel p-5">
      <h2 className="text-lg font-semibold">Rented machines</h2>
      {answer.problems.map((problem) => (
        <p key={problem} role="alert" className="text-sm text-bad">
          {problem}
        </p>
      ))}
      <ul className="grid gap-2">
        {answer.rentals.map((rental) => (
          <Row key={rental.id} rental={rental} onEnded={askAgain} />
        ))}
      </ul>
    </section>
  );
}

function Row({ rental, onEnded }: { rental: Rental; onEnded: () => void }) {
  const gpus = useGpuStore((state) => state.gpus);
  const [asking, setAsking] = useState(false);
  const { machine, state, reason, ended_at: ended } = rental;
  const name = machine || rental.label;
  const end = async () => {
    try {
      await request<Rental>("DELETE", `/api/rentals/${encodeURIComponent(rental.id)}`);
      toast.success(`${name} is being given back.`);
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    }
    onEnded();
  };
  return (
    <li
      className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-xl bg-raised p-3 text-sm"
      data-rental={rental.id}
    >
      <div className="min-w-0 grow basis-60">
        <p className="font-medium">
          {name} <span className="font-normal text-soft">for {nameOf(gpus, rental.gpu_id)}</span>
        </p>
        <p className="text-xs text-soft">
          {state}
          {reason && `: ${reason}`} · since {moment(rental.since)}
          {ended && `, ended ${moment(ended)}`}
        </p>
      </div>
      <p className="tabular-nums">
        {usd(rental.cost_usd)} <span className="text-soft">so far, {usd(rental.per_hour_usd)} an hour</span>
      </p>
      {!ended && (
        <Button
          look="danger"
          aria-label={`End ${name} for ${nameOf(gpus, rental.gpu_id)}`}
          disabled={state === "ending"}
          onClick={() => setAsking(true)}
        >
          {state === "ending" ? "Ending…" : "End"}
        </Button>
      )}
      {asking && (
        <Confirm
          title={`End ${name}?`}
          description="It is given back, whatever it draws; that work goes on elsewhere. Nothing is rented in its place for half an hour."
          action="End it"
          onConfirm={() => void end()}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
