import { beforeEach, describe, expect, test, vi } from "vitest";

import type { NumberedEvent } from "@/api/events";
import { range, seconds } from "@/lib/format";
import { type Direction, step } from "@/lib/grid";
import { hrefOf, type Route, routeOf } from "@/lib/route";
import { type Marks, ofStage, toggled, useGenerationStore } from "@/stores/generationStore";
import { Previews } from "@/stores/previews";
import { configOf, EMPTY_CONFIG, stageOf, useSessionStore } from "@/stores/sessionStore";

import {
  BATCH_ID,
  generationId,
  makeBatch,
  makeFlows,
  makeGeneration,
  makeSession,
  makeSnapshot,
  SESSION_ID,
} from "./factories";

const [A, B, C] = [1, 2, 3].map(generationId) as [string, string, string];
const store = () => useGenerationStore.getState();

beforeEach(() => {
  store().reset();
  useSessionStore.setState({ sessionId: null, flows: null, config: EMPTY_CONFIG });
});

describe("marks", () => {
  test("a mark is given, and the same mark again takes it away", () => {
    const once = toggled({}, [A], "selected");
    expect(once).toEqual({ [A]: "selected" });
    expect(toggled(once, [A], "selected")).toEqual({});
  });

  test("rejecting what was selected leaves it rejected only", () => {
    expect(toggled({ [A]: "selected", [B]: "selected" }, [A], "rejected")).toEqual({
      [A]: "rejected",
      [B]: "selected",
    });
  });

  test("of several, those that lack the mark get it before any loses it", () => {
    const all = toggled({ [A]: "selected", [B]: "rejected" }, [A, B, C], "selected");
    expect(all).toEqual({ [A]: "selected", [B]: "selected", [C]: "selected" });
    expect(toggled(all, [A, B], "selected")).toEqual({ [C]: "selected" });
  });

  test("the marks that were stay as they were", () => {
    const before: Marks = Object.freeze({ [A]: "selected" });
    toggled(before, [A, B], "rejected");
    expect(before).toEqual({ [A]: "selected" });
  });

  test("undo goes back pick by pick, then has nothing more to take back", () => {
    store().toggle([A], "selected");
    store().toggle([B, C], "rejected");
    expect(store().undo()).toBe(true);
    expect(store().marks).toEqual({ [A]: "selected" });
    expect(store().undo()).toBe(true);
    expect(store().marks).toEqual({});
    expect(store().undo()).toBe(false);
    expect(store().marks).toEqual({});
  });

  test("undo reaches a hundred picks back and no further", () => {
    for (let pick = 0; pick < 105; pick++) store().toggle([generationId(pick)], "selected");
    let taken = 0;
    while (store().undo()) taken++;
    expect(taken).toBe(100);
    expect(Object.keys(store().marks)).toHaveLength(5);
  });

  test("what another window has marked stays when a mark of this one is taken back", () => {
    store().toggle([A], "selected");
    store().showMarks({ [A]: "selected", [B]: "rejected" });
    expect(store().undo()).toBe(true);
    expect(store().undo()).toBe(false);
    expect(store().marks).toEqual({ [B]: "rejected" });
  });
});

describe("the batches of a stage", () => {
  const of = (id: string, batch_id: string, created_at: string, stage = 0) =>
    makeGeneration({ id, batch_id, created_at, stage });

  test("come newest first, each in its own order, without other stages", () => {
    const members = [
      of("one-1", "one", "2026-11-21T08:00:00.000Z"),
      of("two-2", "two", "2026-11-21T09:00:00.000Z"),
      of("later", "later", "2026-11-21T10:00:00.000Z", 1),
      of("one-0", "one", "2026-11-21T08:00:00.000Z"),
      of("two-1", "two", "2026-11-21T09:00:00.000Z"),
    ];
    const generations = Object.fromEntries(members.map((each) => [each.id, each]));
    expect(ofStage(generations, 0).map((batch) => batch.map((each) => each.id))).toEqual([
      ["two-2", "two-1"],
      ["one-1", "one-0"],
    ]);
    expect(ofStage(generations, 1).map((batch) => batch.map((each) => each.id))).toEqual([["later"]]);
    expect(ofStage(generations, 2)).toEqual([]);
  });

  test("keep their order while events arrive", () => {
    const generations = [A, B, C].map((id) => makeGeneration({ id }));
    store().receive(makeSnapshot({ seq: 1, session: makeSession({ generations }) }));
    store().receive({ seq: 2, type: "generating", generation_id: C, batch_id: BATCH_ID, node_id: "gpu-a" });
    store().receive({ seq: 3, type: "generating", generation_id: A, batch_id: BATCH_ID, node_id: "gpu-b" });
    expect(ofStage(store().live.generations, 0)[0]?.map((each) => each.id)).toEqual([A, B, C]);
  });
});

describe("a batch that was just submitted", () => {
  const submitted = makeBatch({ generations: [A, B].map((id) => makeGeneration({ id })), eta_seconds: 12 });
  const tally = { batch_id: BATCH_ID, completed: 1, batch_total: 2, eta_seconds: 5 };
  const generating: NumberedEvent = {
    seq: 1001,
    type: "generating",
    generation_id: A,
    batch_id: BATCH_ID,
    node_id: "gpu-a",
  };
  const complete: NumberedEvent = {
    seq: 1002,
    type: "complete",
    generation_id: A,
    node_id: "gpu-a",
    image_url: "/a.png",
    thumbnail_url: "/a.webp",
    media_type: "image/png",
    seconds: 2,
    ...tally,
  };

  beforeEach(() => store().receive(makeSnapshot()));

  test("is shown at once, with its tally", () => {
    store().addBatch(submitted);
    expect(Object.values(store().live.generations)).toEqual(submitted.generations);
    expect(store().live.batches).toEqual({
      [BATCH_ID]: { batch_id: BATCH_ID, completed: 0, batch_total: 2, eta_seconds: 12 },
    });
    expect(store().live.seq).toBe(1000);
  });

  test("does not push earlier pictures away", () => {
    store().receive(
      makeSnapshot({ session: makeSession({ generations: [makeGeneration({ id: C, batch_id: "earlier" })] }) }),
    );
    store().addBatch(submitted);
    expect(Object.keys(store().live.generations)).toEqual([C, A, B]);
  });

  test("keeps what a snapshot and events said of it before the hub's answer arrived", () => {
    store().receive(makeSnapshot({ session: makeSession({ generations: submitted.generations }) }));
    store().receive(generating);
    store().receive(complete);
    store().addBatch(submitted);
    expect(store().live.generations[A]).toMatchObject({ status: "complete", image_url: "/a.png" });
    expect(store().live.generations[B]?.status).toBe("queued");
    expect(store().live.batches[BATCH_ID]).toEqual(tally);
  });

  test("keeps also what events alone said of pictures that nobody had told of yet", () => {
    store().receive(generating);
    store().receive(complete);
    store().receive({
      seq: 1003,
      type: "progress",
      loading: null,
      generation_id: B,
      node_id: "gpu-b",
      current: 4,
      total: 10,
      ...tally,
    });
    store().receive({ seq: 1004, type: "generating", generation_id: B, batch_id: BATCH_ID, node_id: "gpu-b" });
    store().addBatch(submitted);
    expect(store().live.generations[A]).toMatchObject({ status: "complete", image_url: "/a.png", gpu_id: "gpu-a" });
    expect(store().live.generations[B]).toMatchObject({ status: "generating", gpu_id: "gpu-b" });
    expect(store().live).toMatchObject({
      seq: 1004,
      progress: { [B]: { current: 4, total: 10 } },
      batches: { [BATCH_ID]: tally },
    });
    expect(store().early).toEqual([]);
  });

  test("is not told of early events a second time after a snapshot has told the end of it", () => {
    store().receive(generating);
    const [first] = submitted.generations;
    if (!first) throw new Error("a batch of nothing");
    store().receive(
      makeSnapshot({ seq: 2000, session: makeSession({ generations: [{ ...first, status: "cancelled" }] }) }),
    );
    store().addBatch(submitted);
    expect(store().live.generations[A]).toMatchObject({ status: "cancelled", gpu_id: null });
  });
});

describe("the hub's newest word", () => {
  beforeEach(() =>
    store().receive(makeSnapshot({ session: makeSession({ generations: [makeGeneration({ id: A })] }) })),
  );

  test("replaces what is known, and brings what another window has made in this session", () => {
    const news = [makeGeneration({ id: A, eta_seconds: 7 }), makeGeneration({ id: B })];
    store().replace(news);
    expect(Object.values(store().live.generations)).toEqual(news);
  });

  test("brings nothing of another session", () => {
    store().replace([makeGeneration({ id: B, session_id: "another" })]);
    expect(Object.keys(store().live.generations)).toEqual([A]);
  });

  test("does not reopen a picture that ended while the answer was under way", () => {
    const cancelled = { batch_id: BATCH_ID, completed: 1, batch_total: 1, eta_seconds: 0 };
    store().receive({ seq: 1001, type: "cancelled", generation_id: A, ...cancelled });
    store().replace([makeGeneration({ id: A, status: "generating" })]);
    expect(store().live.generations[A]?.status).toBe("cancelled");
    store().replace([makeGeneration({ id: A, status: "cancelled", starred: true })]);
    expect(store().live.generations[A]?.starred).toBe(true);
  });
});

describe("a session's config, whoever wrote it", () => {
  test.each([[null], [undefined], [7], ["<img onerror=alert(1)>"], [[1, 2]], [{}]])(
    "%j reads as an empty one",
    (value) => {
      expect(configOf(value, "classic")).toEqual({ ...EMPTY_CONFIG, preset: "classic" });
    },
  );

  test("what this studio has written comes back as it was, by way of JSON", () => {
    const config = {
      preset: "one_model",
      prompt: "<img src=x onerror=alert(1)> \u202e 🦊",
      negative_prompt: "blur",
      stages: {
        "1": { steps: 30, seed: null, sampler: "euler", loras: [{ name: "ink.safetensors", strength_model: 0.8 }] },
        "2": { denoise_strength: 0.3, parameters: { tiles: 4, sharp: true, mode: "fine" } },
      },
      marks: { [A]: "selected" as const, [B]: "rejected" as const },
    };
    expect(configOf(JSON.parse(JSON.stringify(config)), "classic")).toEqual(config);
  });

  test("fields of the wrong kind are left out", () => {
    const hostile = {
      preset: 3,
      prompt: { toString: "boo" },
      negative_prompt: null,
      stages: "all",
      marks: ["selected"],
    };
    expect(configOf(hostile, "classic")).toEqual({ ...EMPTY_CONFIG, preset: "classic" });
  });

  test("marks that are none are left out", () => {
    const marks = { [A]: "selected", [B]: "loved", [C]: { nested: true } };
    expect(configOf({ marks }, "classic").marks).toEqual({ [A]: "selected" });
  });

  test("settings of the wrong kind are left out, stage by stage", () => {
    const stages = {
      "0": null,
      "1": "text",
      "2": { steps: "many", width: 640, sampler: 4, loras: "ink", parameters: [1], name: "mine" },
      "3": { loras: [null], denoise_strength: null, model_family: { a: 1 } },
    };
    expect(configOf({ stages }, "classic").stages).toEqual({
      "0": {},
      "1": {},
      "2": { width: 640 },
      "3": { denoise_strength: null },
    });
  });
});

describe("what a stage makes", () => {
  const flows = makeFlows();
  const config = { ...EMPTY_CONFIG, preset: "classic" };

  test("is the preset's, unless the person said otherwise", () => {
    expect(stageOf(flows, config, 1)).toEqual(flows.presets["classic"]?.stages[1]);
    const own = { ...config, stages: { "1": { steps: 40, cfg_scale: 0 } } };
    expect(stageOf(flows, own, 1)).toMatchObject({ name: "refined", steps: 40, cfg_scale: 0, count: 8 });
    expect(stageOf(flows, own, 0)?.steps).toBe(10);
  });

  test("falls back to the preset for what the person has emptied", () => {
    expect(stageOf(flows, { ...config, stages: { "1": { denoise_strength: null } } }, 1)?.denoise_strength).toBe(0.55);
  });

  test("is the chosen preset's, and the default one's where there is no such preset", () => {
    expect(stageOf(flows, { ...config, preset: "one_model" }, 0)?.model_family).toBe("z-image");
    for (const preset of ["gone", "", "constructor", "__proto__"]) {
      expect(stageOf(flows, { ...config, preset }, 0)?.model_family, preset).toBe("sd15");
    }
  });

  test("is nothing before the flows are here, and beyond the last stage", () => {
    expect(stageOf(null, config, 0)).toBeNull();
    expect(stageOf(flows, config, 2)).toBeNull();
    expect(stageOf(makeFlows({ presets: {} }), config, 0)).toBeNull();
  });
});

describe("previews", () => {
  let previews: Previews;
  let frames: Map<number, FrameRequestCallback>;
  const created: Blob[] = [];
  const revoked = vi.fn<(url: string) => void>();
  const image = (text: string) => new Blob([text], { type: "image/jpeg" });

  function nextFrame(): void {
    const due = [...frames.values()];
    frames.clear();
    for (const callback of due) callback(0);
  }

  beforeEach(() => {
    previews = new Previews();
    frames = new Map();
    created.length = 0;
    revoked.mockClear();
    let handle = 0;
    vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => {
      frames.set(++handle, callback);
      return handle;
    });
    vi.stubGlobal("URL", { createObjectURL: (blob: Blob) => `blob:${created.push(blob)}`, revokeObjectURL: revoked });
    return () => vi.unstubAllGlobals();
  });

  test("of several in one frame only the newest is shown, and one frame serves all pictures", () => {
    const [told, other] = [vi.fn(), vi.fn()];
    previews.subscribe(A, told);
    previews.subscribe(B, other);
    const newest = image("newest");
    previews.put(A, image("old"));
    previews.put(A, image("older"));
    previews.put(A, newest);
    previews.put(B, image("b"));
    expect(frames.size).toBe(1);
    expect(told.mock.calls).toEqual([[null]]);
    nextFrame();
    expect(told.mock.calls).toEqual([[null], ["blob:1"]]);
    expect(other.mock.calls).toEqual([[null], ["blob:2"]]);
    expect(created[0]).toBe(newest);
  });

  test("each new one is shown before the one before it is given up", () => {
    const order: string[] = [];
    previews.subscribe(A, (url) => order.push(`shown ${url}`));
    revoked.mockImplementation((url) => void order.push(`revoked ${url}`));
    for (const text of ["1", "2", "3"]) {
      previews.put(A, image(text));
      nextFrame();
    }
    expect(order).toEqual([
      "shown null",
      "shown blob:1",
      "shown blob:2",
      "revoked blob:1",
      "shown blob:3",
      "revoked blob:2",
    ]);
  });

  test("when the picture itself is here, listeners are told null and the URL is given up", () => {
    const told = vi.fn();
    previews.subscribe(A, told);
    previews.put(A, image("1"));
    nextFrame();
    previews.drop(A);
    expect(told).toHaveBeenLastCalledWith(null);
    expect(revoked.mock.calls).toEqual([["blob:1"]]);
    previews.drop(A);
    expect(revoked).toHaveBeenCalledTimes(1);
  });

  test("one that has arrived but was never shown is not shown after the picture itself", () => {
    const told = vi.fn();
    previews.subscribe(A, told);
    previews.put(A, image("1"));
    previews.drop(A);
    nextFrame();
    expect(told.mock.calls).toEqual([[null]]);
    expect(created).toEqual([]);
  });

  test("who listens late gets at once what there is, and who has stopped gets nothing more", () => {
    previews.put(A, image("1"));
    nextFrame();
    const [late, still] = [vi.fn(), vi.fn()];
    const stop = previews.subscribe(A, late);
    previews.subscribe(A, still);
    expect(late.mock.calls).toEqual([["blob:1"]]);
    stop();
    previews.put(A, image("2"));
    nextFrame();
    expect(late).toHaveBeenCalledTimes(1);
    expect(still).toHaveBeenLastCalledWith("blob:2");
  });

  test("clearing gives up every URL, forgets what has arrived, and goes on working", () => {
    const told = vi.fn();
    previews.subscribe(A, told);
    previews.put(A, image("1"));
    previews.put(B, image("2"));
    nextFrame();
    previews.put(C, image("3"));
    previews.clear();
    expect(revoked.mock.calls.flat().sort()).toEqual(["blob:1", "blob:2"]);
    nextFrame();
    expect(created).toHaveLength(2);
    previews.put(A, image("4"));
    nextFrame();
    expect(told.mock.calls.flat()).toEqual([null, "blob:1", null, "blob:3"]);
  });
});

describe("the address", () => {
  const routes: Route[] = [
    { page: "studio", sessionId: null },
    { page: "studio", sessionId: SESSION_ID },
    { page: "studio", sessionId: "a/b?c#d%20 é🦊" },
    { page: "gallery", boardId: null },
    { page: "gallery", boardId: "a/b?c#d%20 é🦊" },
    { page: "fleet" },
    { page: "sessions" },
  ];

  test.each(routes)("leads to %j and back", (route) => {
    expect(routeOf(hrefOf(route))).toEqual(route);
  });

  test.each(["", "#", "#/", "#/nonsense", "#/session", "#/session/", "#/session/%", "#/session/%E0%A4%A"])(
    "%j, which leads nowhere, leads to an empty studio",
    (hash) => {
      expect(routeOf(hash)).toEqual({ page: "studio", sessionId: null });
    },
  );
});

describe("a step in the grid", () => {
  // 0 1 2 3
  // 4 5 6 7
  // 8 9
  const moves: [from: number, direction: Direction, to: number][] = [
    [5, "left", 4],
    [5, "right", 6],
    [5, "up", 1],
    [5, "down", 9],
    [0, "left", 0],
    [4, "left", 3],
    [3, "right", 4],
    [9, "right", 9],
    [0, "up", 0],
    [3, "up", 3],
    [4, "up", 0],
    [8, "down", 8],
    [9, "down", 9],
    [7, "down", 9],
    [6, "down", 9],
    [3, "down", 7],
  ];

  test.each(moves)("from %i %s is %i", (from, direction, to) => {
    expect(step(from, direction, 10, 4)).toBe(to);
  });

  const directions: Direction[] = ["left", "right", "up", "down"];

  test.each(directions)("%s from nowhere is the first, and in an empty grid nowhere", (direction) => {
    expect(step(-1, direction, 10, 4)).toBe(0);
    expect(step(-1, direction, 0, 4)).toBe(-1);
    expect(step(3, direction, 0, 4)).toBe(-1);
  });

  test("never leaves the grid, whatever its shape", () => {
    for (let count = 1; count <= 9; count++) {
      for (let columns = 1; columns <= 10; columns++) {
        for (let from = 0; from < count; from++) {
          for (const direction of directions) {
            const to = step(from, direction, count, columns);
            expect(to >= 0 && to < count, `${from} ${direction} of ${count} in ${columns}`).toBe(true);
          }
        }
      }
    }
  });
});

describe("times as a person reads them", () => {
  test.each([
    [0, "0.1 s"],
    [-3, "0.1 s"],
    [0.04, "0.1 s"],
    [2.34, "2.3 s"],
    [9.9, "9.9 s"],
    [9.97, "10 s"],
    [10, "10 s"],
    [89.4, "89 s"],
    [120, "2 min"],
    [5340, "89 min"],
    [5400, "1.5 h"],
    [36000, "10.0 h"],
  ])("%d seconds read as %s", (value, text) => {
    expect(seconds(value)).toBe(text);
  });

  test.each([
    [12, 12.3, "about 12 s"],
    [12, 15, "12–15 s"],
    [8.2, 12, "8.2–12 s"],
    [40, 120, "40 s – 2 min"],
    [120, 300, "2–5 min"],
    [3000, 7200, "50 min – 2.0 h"],
    [0, 0, "about 0.1 s"],
  ])("from %d to %d reads as %s", (low, high, text) => {
    expect(range(low, high)).toBe(text);
  });
});
