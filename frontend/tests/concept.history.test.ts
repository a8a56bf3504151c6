/** What was changed on the cards is taken back and done again, also after a reload. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { openHistory, useHistory } from "@/features/concept/history";
import {
  changeCard,
  changePrompt,
  conceptNow,
  openConcept,
  promptChanges,
  redo,
  undo,
} from "@/features/concept/useConcept";
import { pick } from "@/features/concept/building";
import { useGenerationStore } from "@/stores/generationStore";
import { EMPTY_CONFIG, useSessionStore } from "@/stores/sessionStore";

const asked: string[] = [];
let away = false;

function answer(path: string, body: { cards: { field: string; text: string }[]; prompt: string }): unknown {
  asked.push(path);
  if (path.endsWith("assemble")) {
    const prompt = body.cards.flatMap(({ field, text }) => (text && field !== "keep_out" ? [text] : [])).join(", ");
    return { prompt, negative_prompt: "", notes: [] };
  }
  const cards = body.cards.map((each) => ({ ...each, text: each.field === "subject" ? body.prompt : "" }));
  return { cards, degraded: "by word lists", described: null };
}

const settled = () => vi.advanceTimersByTimeAsync(3000);
const texts = () => ({ mood: conceptNow().cards.mood.text, prompt: useSessionStore.getState().config.prompt });
/** Everything that a reload forgets. */
const reload = () => useHistory.setState({ sessionId: null, past: [], future: [], following: null });

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  asked.length = 0;
  away = false;
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    if (away) return Promise.reject(new TypeError("away"));
    return Promise.resolve(Response.json(answer(path, JSON.parse(String(init.body)))));
  });
  useGenerationStore.getState().reset();
  useSessionStore.setState({ sessionId: "s1", loadedId: "s1", config: { ...EMPTY_CONFIG, concept: { built: true } } });
  openConcept("s1");
});
afterEach(() => {
  reload();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function saidTwice(): Promise<void> {
  changeCard("mood", { text: "calm" });
  await settled();
  changeCard("mood", { text: "wild" });
  await settled();
}

test("steps are taken back one by one and done again, until something else is done", async () => {
  await saidTwice();
  undo();
  expect(texts()).toEqual({ mood: "calm", prompt: "calm" });
  undo();
  expect(texts()).toEqual({ mood: "", prompt: "" });
  redo();
  redo();
  redo(); // nothing is left to do again
  expect(texts()).toEqual({ mood: "wild", prompt: "wild" });
  undo();
  changeCard("mood", { text: "tense" });
  expect(useHistory.getState().future).toEqual([]);
  undo();
  expect(texts().mood).toBe("calm");
});

test("typing a word is one step, and never one with what was done again", async () => {
  for (const text of ["c", "ca", "cal", "calm"]) changeCard("mood", { text }, "text of");
  undo();
  expect(texts().mood).toBe("");
  redo();
  changeCard("mood", { text: "calms" }, "text of");
  undo();
  expect(texts().mood).toBe("calm");
  await settled();
});

test("a reload keeps both directions, of its own session alone", async () => {
  await saidTwice();
  undo();
  reload();
  openConcept("s1");
  redo();
  expect(texts()).toEqual({ mood: "wild", prompt: "wild" });
  undo();
  undo();
  expect(texts()).toEqual({ mood: "", prompt: "" });
  openHistory("s2");
  expect(useHistory.getState().past).toEqual([]);
});

test("what had not followed yet does so after a step, and after a reload", async () => {
  away = true;
  changeCard("mood", { text: "calm" });
  changePrompt({ prompt: "a fox" });
  undo();
  expect(texts()).toEqual({ mood: "calm", prompt: "" });
  away = false;
  await settled();
  expect(texts().prompt).toBe("calm");
  changePrompt({ prompt: "an owl" });
  reload(); // before anybody took it apart
  openConcept("s1");
  await settled();
  expect(conceptNow().cards.subject.text).toBe("an owl");
});

test("the cards follow a prompt that was changed beside them, and both go back as one step", async () => {
  changeCard("subject", { text: "a fox" });
  await settled();
  promptChanges();
  useSessionStore.getState().change({ prompt: "a fox without a hat" });
  await settled();
  expect(conceptNow().cards.subject.text).toBe("a fox without a hat");
  expect(texts().prompt).toBe("a fox without a hat");
  undo();
  await settled();
  expect([conceptNow().cards.subject.text, texts().prompt]).toEqual(["a fox", "a fox"]);
});

test("what was drawn stays drawn, and a pick goes back with its words and comes again with them", async () => {
  const varied = { "wording:calm": "wild" };
  const picture = { id: "g1", batch_id: "b1", varied } as never;
  useGenerationStore.setState(({ live }) => ({ live: { ...live, generations: { g1: picture } } }));
  const grids = { b1: [{ field: "mood", find: "calm", values: ["calm", "wild"] }] };
  changeCard("mood", { text: "calm" });
  useSessionStore.getState().change({ concept: { ...useSessionStore.getState().config.concept, grids } });
  await settled();
  pick("g1");
  useGenerationStore.getState().toggle(["g2"], "rejected"); // elsewhere, as in the viewer
  undo();
  expect(texts().mood).toBe("calm");
  expect(useGenerationStore.getState().marks).toEqual({ g2: "rejected" });
  undo();
  expect(conceptNow().grids).toHaveProperty("b1");
  redo();
  redo();
  expect(texts().mood).toBe("wild");
  expect(useGenerationStore.getState().marks).toEqual({ g1: "selected", g2: "rejected" });
  await settled();
});

describe("what a tab keeps", () => {
  test("is bounded, the newest first", async () => {
    const long = "fog ".repeat(12_000);
    for (let number = 0; number < 40; number++) changeCard("mood", { text: `${number} ${long}` });
    expect(JSON.stringify({ ...sessionStorage }).length).toBeLessThan(1_100_000);
    reload();
    openConcept("s1");
    undo();
    expect(texts().mood.slice(0, 3)).toBe("38 ");
    await settled();
  });

  test.each(["no JSON", "[]", '{"past": [{"what": 1}], "future": 3, "following": "me"}'])("may be %s", (kept) => {
    sessionStorage.setItem("vibes-concept:s1", kept);
    reload();
    openConcept("s1");
    expect(useHistory.getState()).toEqual({ sessionId: "s1", past: [], future: [], following: null });
  });
});
