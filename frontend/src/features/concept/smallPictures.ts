/** Small pictures of a card's chips. Idle cards draw them, after everything that somebody asked for; words are there
 * meanwhile. */
import { useEffect, useState } from "react";

import { inWords } from "@/actions/batches";
import { get, HubProblem, post, request } from "@/api/client";
import type { Ahead, CardField, Generation } from "@/api/types";
import { gridBody } from "@/features/concept/grid";
import { parameterOf, sideOf, type Chips, type Side } from "@/features/concept/state";
import { conceptNow, keep } from "@/features/concept/useConcept";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

const LOOK_MS = 1000;
const REFUSED_MS = 10_000;
const LONGEST_REFUSED_MS = 640_000;
const CHIP_SIDE = 256;
const CHIP_STEPS = 8;
const SMALL = ", small";
const IS_SMALL = /^wording:\[.*, small( \d+)?\]$/;

/** Whether it is a chip's picture and no draft: what was varied in it says so. */
export const isSmall = ({ varied }: Pick<Generation, "varied">): boolean =>
  Object.keys(varied).some((parameter) => IS_SMALL.test(parameter));

const smallSide = (field: CardField, values: readonly string[]): Side =>
  sideOf(field, values, conceptNow(), field.replace("_", " ") + SMALL);

const pathOf = (sessionId: string, more = "") => `/api/explore/ahead/${encodeURIComponent(sessionId)}${more}`;

/** Nobody waits for those of a card any more or, without a card, for any. */
export async function stopSmallPictures(field?: CardField, sessionId = useSessionStore.getState().sessionId) {
  if (!sessionId) return;
  await request("DELETE", pathOf(sessionId, field ? `?topic=${field}` : "")).catch(() => undefined); // it ends by itself
}

interface SmallPictures {
  /** By text, those that are drawn or being drawn. */
  pictures: Map<string, Generation>;
  /** What the others wait for, where there are any. */
  line: string;
  /** How many could not be drawn; nobody tries again by itself. */
  failed: number;
}

export function useSmallPictures(field: CardField, chips: Chips): SmallPictures {
  const sessionId = useSessionStore((store) => store.sessionId);
  const generations = useGenerationStore(({ live }) => live.generations);
  const [line, setLine] = useState("");
  const texts = chips.texts.join("\n");
  const pictures = picturesOf(chips, generations);
  const failed = [...pictures.values()].filter(({ status }) => status === "failed").length;
  useEffect(() => {
    setLine("");
    if (!sessionId || !chips.pictures) return undefined;
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    let patience = REFUSED_MS;
    let first = true;
    const look = async () => {
      const { line: told, after } = await lookAfter(sessionId, field, { refusedMs: patience, first });
      if (over) return;
      first = false;
      setLine(told);
      // what is refused for good is asked for less and less often
      patience = after === patience ? Math.min(2 * patience, LONGEST_REFUSED_MS) : REFUSED_MS;
      if (after) timer = setTimeout(() => void look(), after);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [sessionId, field, texts, chips.pictures, failed]);
  return { pictures, line, failed };
}

/** Has those drawn that are missing, and those that could not be drawn. */
export function drawSmallPictures(field: CardField): void {
  const { chips } = conceptNow();
  const own = chips[field];
  if (!own) return;
  const { generations } = useGenerationStore.getState().live;
  const drawn = own.drawn.filter((id) => generations[id]?.status !== "failed");
  keep({ chips: { ...chips, [field]: { ...own, drawn, pictures: true } } });
}

/** A picture that gave way to others is none, until it is drawn again. */
export function picturesOf(
  { texts, drawn }: Chips,
  generations: Readonly<Record<string, Generation>>,
): Map<string, Generation> {
  const found = drawn.flatMap((id) => generations[id] ?? []).filter(({ status }) => status !== "cancelled");
  const of = (text: string) => found.find(({ varied }) => Object.values(varied).includes(text));
  return new Map(texts.flatMap((text) => (of(text) ? [[text, of(text) as Generation]] : [])));
}

interface Told {
  line: string;
  /** Milliseconds until the next look; 0: nothing is left to look after. */
  after: number;
}

/** Has what is missing drawn, and hears how it stands; where that is refused it is looked after again in `refusedMs`. */
async function lookAfter(sessionId: string, field: CardField, { refusedMs, first }: Looking): Promise<Told> {
  try {
    const missing = missingOf(field);
    let ahead = await get<Ahead>(pathOf(sessionId, `?topic=${field}`));
    if (missing.length && (!ahead.active || (first && isOver(ahead)))) ahead = await begin(sessionId, field, missing);
    if (useSessionStore.getState().sessionId !== sessionId) return ENDED;
    takeIn(field, ahead);
    return ahead.active && !isOver(ahead) ? { line: inLine(ahead), after: LOOK_MS } : ENDED;
  } catch (error) {
    const why = error instanceof HubProblem ? inWords(error) : String(error);
    return { line: `No small pictures: ${why}`, after: refusedMs };
  }
}

interface Looking {
  refusedMs: number;
  /** Since the chips are shown, or somebody asked for them again. */
  first: boolean;
}

const isOver = ({ running, waiting }: Ahead): boolean => !running.length && !waiting;

const ENDED: Told = { line: "", after: 0 };

function missingOf(field: CardField): string[] {
  const chips = conceptNow().chips[field];
  if (!chips) return [];
  const there = picturesOf(chips, useGenerationStore.getState().live.generations);
  return chips.texts.filter((text) => !there.has(text));
}

async function begin(sessionId: string, field: CardField, texts: readonly string[]): Promise<Ahead> {
  const side = smallSide(field, texts);
  const body = await gridBody([side]);
  if (!body) throw new Error("the presets are not loaded yet");
  const { width: _, height: __, axes: ___, session_id: ____, ...rest } = body;
  return post<Ahead>(pathOf(sessionId, "/variations"), {
    ...rest,
    topic: field,
    variations: texts.map((text) => ({ [parameterOf(side)]: text })),
    format: typeof rest["format"] === "string" ? rest["format"] : "square",
    side: CHIP_SIDE,
    steps: Math.min(Number(rest["steps"] ?? CHIP_STEPS), CHIP_STEPS),
    max_cost_usd: 0,
  });
}

/** Keeps which pictures were begun, for a reload and for other windows. */
function takeIn(field: CardField, { begun }: Ahead): void {
  const { chips } = conceptNow();
  const own = chips[field];
  if (!own || begun.every((id) => own.drawn.includes(id))) return;
  keep({ chips: { ...chips, [field]: { ...own, drawn: [...new Set([...own.drawn, ...begun])] } } });
}

const WAITS: Readonly<Record<NonNullable<Ahead["waits_for"]>, string>> = {
  pictures: "pictures that were asked for go first",
  paused: "the queue is paused",
  no_node: "no card that could draw them is there",
  busy: "every card is busy",
  model: "no idle card has the model loaded",
};

function inLine({ running, waiting, waits_for: why }: Ahead): string {
  if (running.length) return "Small pictures are being drawn";
  return why ? `Small pictures wait: ${WAITS[why]}` : waiting ? "Small pictures are next" : "";
}
