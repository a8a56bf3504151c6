/** What a person may choose when a machine is given back to them, and what the hub is told then. Pure. */
import type { DrainRequest, Gpu } from "@/api/types";
import { clock, moment } from "@/lib/format";

export type Length = "resumed" | "hour" | "morning";
export type Running = NonNullable<DrainRequest["running"]>;

const MORNING = 8;
const HOUR_MS = 3_600_000;

export const LENGTHS: readonly { length: Length; words: string }[] = [
  { length: "resumed", words: "until I lend it again" },
  { length: "hour", words: "for an hour" },
  { length: "morning", words: `until tomorrow, ${MORNING}:00` },
];

/** What is drawn is finished or stopped; the memory is given back in any case. */
export const drainOf = (length: Length, running: Running, now: Date): DrainRequest => ({
  until: untilOf(length, now),
  running,
  free: true,
});

function untilOf(length: Length, now: Date): string | null {
  switch (length) {
    case "resumed":
      return null;
    case "hour":
      return new Date(now.getTime() + HOUR_MS).toISOString();
    case "morning": // on the clock of whoever taps; the day after, however long a day is
      return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING).toISOString();
  }
}

export const isGivenBack = ({ state }: Pick<Gpu, "state">): boolean => state === "draining";

/** Whose it is and until when, in one sentence. */
export function whose(
  gpu: Pick<Gpu, "state" | "lent_from" | "owned_from" | "running" | "reason_code">,
  now: Date,
): string {
  if (isGivenBack(gpu)) {
    const until = gpu.lent_from ? `until ${day(gpu.lent_from, now)}` : "until you lend it again";
    return gpu.running.length ? `It is yours ${until}, once what it draws is done.` : `It is yours ${until}.`;
  }
  if (gpu.owned_from) return `It is lent. By its hours it is yours from ${day(gpu.owned_from, now)}.`;
  return "It is lent: it draws whatever is asked for.";
}

const day = (iso: string, now: Date): string =>
  new Date(iso).toDateString() === now.toDateString() ? clock(iso) : moment(iso);
