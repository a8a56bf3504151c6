/** What a node is, beyond a machine with memory: what it draws with, at which price, and when it is used. */
import type { Gpu } from "@/api/types";
import { modelName } from "@/lib/format";
import { usd } from "@/lib/money";

/** A node without an address has memory of its own only if it says so. */
export const hasVram = (gpu: Pick<Gpu, "vram_total_gb" | "vram_gb" | "url">): boolean =>
  (gpu.vram_total_gb ?? (gpu.url ? gpu.vram_gb : 0)) > 0;

const MOST_MODELS = 6;

/** Name and words of all that there is to say; nothing of a node that is one's own and free. */
export function factsOf(gpu: Gpu): [string, string][] {
  const facts: [string, string | null][] = [
    ["Draws with", modelsOf(gpu)],
    ["Price", priceOf(gpu)],
    ["Used", usedWhen(gpu.use)],
    ["At once", gpu.slots > 1 ? `${gpu.slots} pictures` : null],
    ["Balance", gpu.balance_usd === null ? null : `${usd(Math.max(gpu.balance_usd, 0))} left`],
    ["Today", gpu.cost && limited(gpu.cost.spent_today_usd, gpu.cost.daily_limit_usd)],
    ["This month", gpu.cost && limited(gpu.cost.spent_this_month_usd, gpu.cost.monthly_limit_usd)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

function modelsOf({ models }: Gpu): string | null {
  if (!models.length) return null;
  const named = models.slice(0, MOST_MODELS).map(({ name, families, price_usd: price }) => {
    const about = [...families, ...(price ? [usd(price)] : [])];
    return about.length ? `${modelName(name)} (${about.join(", ")})` : modelName(name);
  });
  const more = models.length - named.length;
  return named.join("; ") + (more ? ` and ${more} more` : "");
}

/** `$0.02 a picture`, `$0.40 an hour`; null where nothing is paid, or nobody has said how much. */
export function priceOf({ cost }: Pick<Gpu, "cost">): string | null {
  if (!cost) return null;
  const { per_image_usd: image, per_hour_usd: hour } = cost;
  const parts = [image === null ? "" : `${usd(image)} a picture`, hour === null ? "" : `${usd(hour)} an hour`];
  return parts.filter(Boolean).join(" and ") || null;
}

function usedWhen(use: Gpu["use"]): string | null {
  switch (use) {
    case "when_asked":
      return "for what may cost something";
    case "overflow":
      return "when the others would be late";
    case "never":
      return "never, says gpus.yaml";
    default: // always, as a card of one's own; or what only a newer hub knows
      return null;
  }
}

const limited = (spent: number, limit: number | null): string =>
  limit === null ? `${usd(spent)} spent` : `${usd(spent)} of ${usd(limit)} spent`;
