/** Where the words changed on the way to a picture, and by which refinement. */
import { chipsIn, wordsOf } from "@/actions/wording/changeChips";
import type { Generation, Refinement } from "@/api/types";

export interface WordingStep {
  /** Of the later picture, counted from one. */
  step: number;
  from: string;
  to: string;
  /** What was said, where it was by a refinement. */
  feedback: string | null;
  /** "by rules", the models' names, or "by hand". */
  by: string;
}

/** One for each picture that was drawn with other words than the one before it. */
export function wordingSteps(lineage: readonly Generation[], refinements: readonly Refinement[]): WordingStep[] {
  return lineage.flatMap((picture, index): WordingStep[] => {
    const before = lineage[index - 1];
    if (!before || !picture.prompt || before.prompt === picture.prompt) return [];
    const found = refinementOf(before, picture, refinements);
    const words = { step: index + 1, from: before.prompt, to: picture.prompt };
    return [{ ...words, feedback: found?.feedback ?? null, by: found ? byWhom(found, picture.prompt) : "by hand" }];
  });
}

/** The newest that began at the words before and was made until the picture was asked for; best one with its words. */
function refinementOf(before: Generation, picture: Generation, all: readonly Refinement[]): Refinement | undefined {
  const asked = Date.parse(picture.created_at);
  const fitting = all
    .filter((each) => each.current_prompt === before.prompt && Date.parse(each.at) <= asked)
    .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at));
  return fitting.find((each) => suggests(each, picture.prompt)) ?? fitting[0];
}

const suggests = ({ plan, chosen }: Refinement, prompt: string): boolean =>
  [plan, ...chosen].some((each) => each.suggested_prompt === prompt);

function byWhom(refinement: Refinement, prompt: string): string {
  const { plan, answers } = refinement;
  const models = [...new Set(answers.filter((each) => !each.problem).map((each) => each.model))];
  const who = plan.degraded === null && models.length ? models.join(", ") : "rules";
  return `by ${who}${changedBy(refinement, prompt)}`;
}

/** What was switched off, or that a person wrote on. */
function changedBy({ plan, chosen }: Refinement, prompt: string): string {
  if (plan.suggested_prompt === prompt) return "";
  const used = chosen.findLast((each) => each.suggested_prompt === prompt);
  if (!used) return ", changed by hand";
  const left = chipsIn(used.changes).map(wordsOf);
  const off = chipsIn(plan.understood)
    .map(wordsOf)
    .filter((each) => !left.includes(each));
  return off.length ? `, without ${off.map((each) => `“${each}”`).join(", ")}` : "";
}
