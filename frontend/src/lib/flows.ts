/** The flows in words for people, in the order in which they are offered. */
import type { FlowType } from "@/api/types";

export const FLOWS: readonly { id: FlowType; name: string; says: string }[] = [
  { id: "draft_grid", name: "Draft Grid", says: "Twenty quick drafts. Pick, refine, polish, done." },
  { id: "concept_builder", name: "Concept Builder", says: "Build a picture from its parts." },
  { id: "explorer", name: "Explorer", says: "Wander from picture to picture; lay out what differs." },
];

export const flowName = (id: FlowType): string => FLOWS.find((flow) => flow.id === id)?.name ?? id;
