/** What a screen reader says of a refinement that comes about. */
import { plural } from "@/lib/format";

import type { Planned } from "./kept";
import type { Thinking } from "./refining";

interface Told {
  thinking: Thinking | null;
  planned: Planned | null;
  replanning: boolean;
}

export function spoken({ thinking, planned, replanning }: Told): string {
  if (thinking) return "A new prompt is being thought of. Continue works meanwhile.";
  if (!planned || replanning) return "";
  const { plan, chips } = planned;
  if (plan.question) return plan.question;
  const on = chips.filter((each) => each.on).length;
  const conflicts = plan.conflicts.length ? `, ${plural(plan.conflicts.length, "conflict")}` : "";
  return `A new prompt is suggested ${byWhom(plan.degraded)}: ${plural(on, "change")}${conflicts}.`;
}

/** "by rules" or "by a language model". */
export const byWhom = (degraded: string | null): string => (degraded === null ? "by a language model" : "by rules");

/** Why it was made by rules; empty where no reason is told. */
export const whyRules = (degraded: string): string => degraded.replace(/^by rules:?\s*/i, "");
