/** What a session of the Explorer keeps, and how it changes; pure. */
import type { Direction } from "@/api/types";
import { isDirection } from "@/features/explorer/directions";
import { isMembers, type Members } from "@/lib/mergePatch";

export type View = "map" | "axes" | "between";

/** A side of the grid as it is written in the form. */
export interface AxisDraft {
  parameter: string;
  /** Of a wording: what is exchanged; of a LoRA: its file. */
  of: string;
  values: string;
}

export interface ExplorerState {
  view: View;
  /** The pictures that were at the centre one after the other; the last one is there now. */
  trail: readonly string[];
  direction: Direction;
  /** Whether neighbours may be drawn before anybody asks for them. */
  ahead: boolean;
  /** Most pictures drawn ahead around one centre. */
  budget: number;
  x: AxisDraft;
  y: AxisDraft | null;
  /** Whether the grid varies the picture at the centre; else the prompt. */
  ofPicture: boolean;
  /** The batch of the grid that is shown. */
  grid: string | null;
  from: string | null;
  to: string | null;
  /** The batch between them. */
  strip: string | null;
}

export const BUDGETS = [8, 24, 48] as const;
const MOST_STEPS = 200;
/** So many of the newest stay where there are more, so that not every further step cuts the trail. */
const STEPS_LEFT = 150;

export const AT_FIRST: ExplorerState = {
  view: "map",
  trail: [],
  direction: "strength",
  ahead: true,
  budget: 24,
  x: { parameter: "steps", of: "", values: "10, 20, 30" },
  y: { parameter: "cfg_scale", of: "", values: "4, 7, 10" },
  ofPicture: true,
  grid: null,
  from: null,
  to: null,
  strip: null,
};

const isView = (value: unknown): value is View => value === "map" || value === "axes" || value === "between";
const text = (value: unknown): string | null => (typeof value === "string" && value ? value : null);

/** Reads what any client may have written. */
export function stateOf(kept: Members | undefined): ExplorerState {
  const given = kept ?? {};
  const start = text(given["start"]);
  const trail = Array.isArray(given["trail"]) ? given["trail"].filter((id) => typeof id === "string") : [];
  const budget = given["budget"];
  return {
    view: isView(given["view"]) ? given["view"] : AT_FIRST.view,
    trail: trail.length ? (trail as string[]).slice(-MOST_STEPS) : start ? [start] : [],
    direction: isDirection(given["direction"]) ? given["direction"] : AT_FIRST.direction,
    ahead: given["ahead"] !== false,
    budget: BUDGETS.find((each) => each === budget) ?? AT_FIRST.budget,
    x: axisOf(given["x"]) ?? AT_FIRST.x,
    y: given["y"] === null || given["one"] === true ? null : (axisOf(given["y"]) ?? AT_FIRST.y),
    ofPicture: given["ofPicture"] !== false,
    grid: text(given["grid"]),
    from: text(given["from"]),
    to: text(given["to"]),
    strip: text(given["strip"]),
  };
}

function axisOf(value: unknown): AxisDraft | null {
  if (!isMembers(value)) return null;
  const { parameter, of, values } = value;
  if (typeof parameter !== "string" || typeof values !== "string") return null;
  return { parameter, of: typeof of === "string" ? of : "", values };
}

/** The picture at the centre; null before there is any. */
export const centreOf = (state: ExplorerState): string | null => state.trail.at(-1) ?? null;

/** With another picture at the centre. */
export const movedTo = (state: ExplorerState, id: string): ExplorerState =>
  centreOf(state) === id ? state : { ...state, trail: cut([...state.trail, id]) };

const cut = (trail: readonly string[]): readonly string[] =>
  trail.length > MOST_STEPS ? trail.slice(-STEPS_LEFT) : trail;

/** Back on the trail to one of its steps. */
export const backTo = (state: ExplorerState, step: number): ExplorerState => ({
  ...state,
  trail: state.trail.slice(0, step + 1),
});
