/** The funnel's stages in words for people: of the stage, of one of its pictures (shortly and in full), of going there. */

export const STAGES = [
  { name: "Drafts", word: "draft", one: "draft", verb: "Draft" },
  { name: "Refined", word: "refined", one: "refined picture", verb: "Refine" },
  { name: "Polished", word: "polished", one: "polished picture", verb: "Polish" },
  { name: "Final", word: "final", one: "final picture", verb: "Finish" },
] as const;

export const LAST_STAGE = STAGES.length - 1;

export const stageName = (stage: number): string => STAGES[stage]?.name ?? `Stage ${stage}`;
