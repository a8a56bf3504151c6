/** The funnel's stages in words for people. */

export const STAGES = [
  { name: "Drafts", one: "draft", verb: "Draft" },
  { name: "Refined", one: "refined picture", verb: "Refine" },
  { name: "Polished", one: "polished picture", verb: "Polish" },
  { name: "Final", one: "final picture", verb: "Finish" },
] as const;

export const LAST_STAGE = STAGES.length - 1;

export const stageName = (stage: number): string => STAGES[stage]?.name ?? `Stage ${stage}`;
