/** Small pictures of chips: asked for while words are there, explained, tried again, and stopped. */
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Ahead, Flows, Generation } from "@/api/types";
import { suggestSix } from "@/features/concept/building";
import { drawSmallPictures, isSmall, stopSmallPictures, useSmallPictures } from "@/features/concept/smallPictures";
import { conceptNow, useConcept } from "@/features/concept/useConcept";
import { useGenerationStore } from "@/stores/generationStore";
import { EMPTY_CONFIG, useSessionStore } from "@/stores/sessionStore";

const AHEAD: Ahead = {
  session_id: "s1",
  active: true,
  budget: 2,
  begun: [],
  running: [],
  waiting: 2,
  waits_for: null,
};
const NONE: Ahead = { ...AHEAD, active: false, waiting: 0, budget: 0 };
const FLOWS = {
  default: "p",
  presets: { p: { stages: [{ name: "Drafts", count: 20, model_family: "sd15", steps: 20 }] } },
};

let ahead: Ahead;
let refuse: object | null;
let sent: { method: string; path: string; body: Record<string, unknown> }[];

beforeEach(() => {
  vi.useFakeTimers();
  [ahead, refuse, sent] = [NONE, null, []];
  vi.stubGlobal("fetch", (path: string, { method = "GET", body }: RequestInit) => {
    sent.push({ method, path, body: body ? JSON.parse(String(body)) : {} });
    if (path.endsWith("/assemble")) return answer({ prompt: "a fox, [mood, small]", negative_prompt: "", notes: [] });
    if (path.endsWith("/suggest")) return answer({ suggestions: { mood: ["calm", "wild"] }, seed: 1, degraded: null });
    if (method === "DELETE") return answer((ahead = NONE));
    if (method === "POST" && refuse) return answer(refuse, 422);
    return answer(method === "POST" ? (ahead = AHEAD) : ahead);
  });
  useGenerationStore.getState().reset();
  const concept = { built: true, cards: { subject: { text: "a fox" } } };
  useSessionStore.setState({
    sessionId: "s1",
    loadedId: "s1",
    flows: FLOWS as unknown as Flows,
    config: { ...EMPTY_CONFIG, concept },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const answer = (body: object, status = 200) => Promise.resolve(Response.json(body, { status }));
const later = (milliseconds = 1100) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const begun = () => sent.filter(({ path, method }) => method === "POST" && path.endsWith("/variations"));

function picture(id: string, text: string, status = "complete"): void {
  const varied = { "wording:[mood, small]": text };
  const generation = { id, batch_id: id, status, varied } as unknown as Generation;
  useGenerationStore.setState(({ live }) => ({
    live: { ...live, generations: { ...live.generations, [id]: generation } },
  }));
}

async function shown() {
  await act(() => suggestSix("mood"));
  const rendered = renderHook(() => {
    const { mood } = useConcept().chips;
    if (!mood) throw new Error("no chips");
    return useSmallPictures("mood", mood);
  });
  await later(0);
  return rendered;
}

test("words are there at once, and idle cards draw small pictures after everything else", async () => {
  const { result } = await shown();
  expect(conceptNow().chips.mood?.texts).toEqual(["calm", "wild"]);
  const [asked] = begun();
  expect(asked?.path).toBe("/api/explore/ahead/s1/variations");
  expect(asked?.body).toMatchObject({
    topic: "mood",
    variations: [{ "wording:[mood, small]": "calm" }, { "wording:[mood, small]": "wild" }],
    steps: 8,
    side: 256,
    max_cost_usd: 0,
  });
  expect(result.current.pictures.size).toBe(0);
  ahead = { ...AHEAD, begun: ["g1"], running: ["g1"], waiting: 1 };
  picture("g1", "calm", "generating");
  await later();
  expect([...result.current.pictures.keys()]).toEqual(["calm"]);
  expect(result.current.line).toBe("Small pictures are being drawn");
  ahead = { ...AHEAD, begun: ["g1", "g2"], waiting: 0 };
  act(() => (picture("g1", "calm"), picture("g2", "wild")));
  await later();
  expect([...result.current.pictures.keys()]).toEqual(["calm", "wild"]);
  expect(result.current.line).toBe("");
  const [asks, text] = [sent.length, conceptNow().chips.mood?.drawn];
  await later(60_000);
  expect([sent.length, text]).toEqual([asks, ["g1", "g2"]]);
});

test.each([
  ["pictures", "Small pictures wait: pictures that were asked for go first"],
  ["paused", "Small pictures wait: the queue is paused"],
  ["no_node", "Small pictures wait: no card that could draw them is there"],
  ["busy", "Small pictures wait: every card is busy"],
  ["model", "Small pictures wait: no idle card has the model loaded"],
] as const)("what waits for %s says so, and one that gave way is no picture", async (why, line) => {
  const { result } = await shown();
  ahead = { ...AHEAD, begun: ["g1"], waits_for: why };
  picture("g1", "calm", "cancelled");
  await later();
  expect(result.current.line).toBe(line);
  expect(result.current.pictures.size).toBe(0);
  expect(begun(), "it is tried again by the hub").toHaveLength(1);
});

test("a refusal is told in words, and asked about again", async () => {
  refuse = { code: "no_capable_node", detail: "no node can ever do this", message: "no node can ever do this" };
  const { result } = await shown();
  expect(result.current.line).toMatch(/^No small pictures: /);
  refuse = null;
  await later(11_000);
  expect(begun()).toHaveLength(2);
  expect(result.current.line).toBe("Small pictures are next");
});

test("what is refused for good is asked for less and less often", async () => {
  refuse = { code: "no_capable_node", detail: "no node can ever do this", message: "no node can ever do this" };
  await shown();
  await later(60 * 60_000);
  const hourly = begun().length;
  expect(hourly).toBeGreaterThan(6);
  expect(hourly).toBeLessThan(14);
});

test("after a reload, or a hub that forgot them, only what is missing is drawn", async () => {
  const first = await shown();
  ahead = { ...AHEAD, begun: ["g1"], waiting: 1 };
  picture("g1", "calm");
  await later();
  first.unmount();
  ahead = NONE;
  renderHook(() => useSmallPictures("mood", conceptNow().chips.mood!));
  await later(0);
  expect(begun().at(-1)?.body).toMatchObject({ variations: [{ "wording:[mood, small]": "wild" }] });
});

test("what could not be drawn is counted, and drawn again only when somebody asks for it", async () => {
  const { result } = await shown();
  ahead = { ...AHEAD, begun: ["g1", "g2"], waiting: 0 };
  act(() => (picture("g1", "calm"), picture("g2", "wild", "failed")));
  await later(60_000);
  expect(result.current).toMatchObject({ line: "", failed: 1 });
  expect(begun()).toHaveLength(1);
  act(() => drawSmallPictures("mood"));
  await later(0);
  expect(begun().at(-1)?.body).toMatchObject({ variations: [{ "wording:[mood, small]": "wild" }] });
  expect(conceptNow().chips.mood?.drawn).toEqual(["g1"]);
  await later();
  expect(result.current.failed).toBe(0);
});

test("closed or left, they are stopped: of one card, or all", async () => {
  const { unmount } = await shown();
  await stopSmallPictures("mood");
  await stopSmallPictures();
  unmount();
  const stopped = sent.filter(({ method }) => method === "DELETE").map(({ path }) => path);
  expect(stopped.slice(-2)).toEqual(["/api/explore/ahead/s1?topic=mood", "/api/explore/ahead/s1"]);
});

test("a small picture is no draft, and a grid's is none", () => {
  expect(isSmall({ varied: { "wording:[keep out, small]": "fog" } })).toBe(true);
  expect(isSmall({ varied: { "wording:[mood, small 2]": "fog" } })).toBe(true);
  expect(isSmall({ varied: { "wording:[mood]": "calm" } })).toBe(false);
  expect(isSmall({ varied: {} })).toBe(false);
});
