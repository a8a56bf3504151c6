/** What an estimate says of time and money, in words. */
import type { Estimate, Gpu } from "@/api/types";
import { plural, seconds } from "@/lib/format";
import { usd } from "@/lib/money";
import { nameOf } from "@/stores/gpuStore";

export interface BothWays {
  free: string;
  paid: string;
  /** What must be allowed for the second way; null where it is allowed. */
  toAllow: number | null;
}

/** Null where money would change nothing. */
export function bothWays({ free, paid }: Estimate, gpus: readonly Gpu[], maxCost: number): BothWays | null {
  if (!paid?.paid_pictures) return null;
  const payed = paid.gpus.filter((share) => share.cost_usd > 0);
  const where = payed.map((share) => nameOf(gpus, share.gpu_id)).join(" and ");
  const hourly = payed.some((share) => gpus.find(({ id }) => id === share.gpu_id)?.cost?.per_hour_usd);
  const price = `for ${hourly ? "up to " : ""}${usd(paid.cost_usd)}`; // by the hour more is set aside than is likely
  return {
    free: free.eta_seconds === null ? "Not on your cards" : `${seconds(free.eta_seconds)} on your cards`,
    paid: `${timeOf(paid.eta_seconds)} with ${plural(paid.paid_pictures, "picture")} on ${where} ${price}`,
    toAllow: maxCost >= paid.cost_usd ? null : paid.cost_usd,
  };
}

const timeOf = (eta: number | null): string => (eta === null ? "nobody can say when" : seconds(eta));
