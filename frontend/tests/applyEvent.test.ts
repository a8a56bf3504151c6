// @vitest-environment node
import { describe, expect, test } from "vitest";

import type { EventOf, BatchTally, LiveMessage, NumberedEvent } from "@/api/events";
import { TERMINAL, type Generation } from "@/api/types";
import { applyEvent, NOTHING, type LiveState } from "@/stores/applyEvent";

import { BATCH_ID, generationId, makeGeneration, makeSession, makeSnapshot } from "./factories";

type Unnumbered<Event> = Event extends { seq: number } ? Omit<Event, "seq"> : never;
type Told = Unnumbered<NumberedEvent>;

const FIRST_SEQ = 1000;
const IDS = [1, 2, 3, 4, 5, 6].map(generationId) as [string, string, string, string, string, string];
const [A, B, C, D, E, F] = IDS;

const numbered = (told: readonly Told[], after = FIRST_SEQ): NumberedEvent[] =>
  told.map((event, index) => ({ ...event, seq: after + 1 + index }) as NumberedEvent);

const tally = (completed: number, eta: number | null): BatchTally => ({
  batch_id: BATCH_ID,
  completed,
  batch_total: 6,
  eta_seconds: eta,
});
const queued = (id: string, reason: string | null = null, cause: EventOf<"queued">["cause"] = "lost"): Told => ({
  type: "queued",
  generation_id: id,
  batch_id: BATCH_ID,
  cause,
  reason,
});
const askedAgain = (id: string): Told => queued(id, "retry", "retry");
const generating = (id: string, node: string): Told => ({
  type: "generating",
  generation_id: id,
  batch_id: BATCH_ID,
  node_id: node,
});
const progress = (id: string, node: string, current: number, done = 0, eta = 9): Told => ({
  type: "progress",
  generation_id: id,
  node_id: node,
  current,
  total: 10,
  loading: null,
  ...tally(done, eta),
});
const complete = (id: string, node: string, done: number, eta = 6): Told => ({
  type: "complete",
  generation_id: id,
  node_id: node,
  image_url: `/images/${id}.png`,
  thumbnail_url: `/images/${id}.webp`,
  media_type: "image/png",
  seconds: 1.2345,
  ...tally(done, eta),
});
const failed = (id: string, done: number): Told => ({
  type: "failed",
  cause: "errored",
  generation_id: id,
  message: "out of memory",
  ...tally(done, 3),
});
const cancelled = (id: string, done: number): Told => ({ type: "cancelled", generation_id: id, ...tally(done, 2) });

/** Six pictures on two nodes: one node is lost under C, D fails, E is cancelled; D is asked for again and comes. */
const RUN = numbered([
  { type: "batch", status: "queued", ...tally(0, 12) },
  generating(A, "gpu-a"),
  generating(B, "gpu-b"),
  progress(A, "gpu-a", 3, 0, 11),
  progress(B, "gpu-b", 5, 0, 10),
  progress(A, "gpu-a", 9, 0, 9),
  complete(B, "gpu-b", 1, 8),
  generating(C, "gpu-b"),
  complete(A, "gpu-a", 2, 7),
  progress(C, "gpu-b", 4, 2, 6),
  { type: "node", node_id: "gpu-b", state: "offline", reason: "does not answer", reason_code: "check_failed" },
  queued(C, "gpu-b was lost"),
  { type: "queue", paused_since: "2026-11-21T08:00:05.000Z" },
  { type: "queue", paused_since: null },
  generating(D, "gpu-a"),
  progress(D, "gpu-a", 2, 2, 5),
  failed(D, 3),
  cancelled(E, 4),
  generating(C, "gpu-a"),
  progress(C, "gpu-a", 7, 4, 2),
  complete(C, "gpu-a", 5, 1),
  askedAgain(D),
  generating(D, "gpu-a"),
  generating(F, "gpu-b"),
  progress(F, "gpu-b", 6, 4, 1),
  complete(D, "gpu-a", 5, 1),
  complete(F, "gpu-b", 6, 0),
  { type: "batch", status: "complete", ...tally(6, 0) },
  { type: "stage", stage: 1 },
]);

const OPENING = makeSnapshot({
  seq: FIRST_SEQ,
  session: makeSession({
    generations: IDS.map((id) => makeGeneration({ id, waiting_for: "a free GPU", eta_seconds: 4 })),
  }),
});

const play = (messages: readonly LiveMessage[], from: LiveState = NOTHING): LiveState =>
  messages.reduce(applyEvent, from);
const opened = (): LiveState => applyEvent(NOTHING, OPENING);
const after = (...told: readonly Told[]): LiveState => play(numbered(told), opened());

function of(state: LiveState, id: string): Generation {
  const generation = state.generations[id];
  if (!generation) throw new Error(`${id} is not in the state`);
  return generation;
}

/** The snapshot that the hub would send in this state. */
function snapshotOf({ seq, session, generations, pausedSince }: LiveState) {
  if (!session) throw new Error("nothing is open");
  return makeSnapshot({
    seq,
    session: { ...session, generations: Object.values(generations) },
    paused_since: pausedSince,
  });
}

/** Park and Miller: the same numbers on every machine. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Permuted, about a fifth of it dropped, about a third of it told twice. */
function mangled<Each>(events: readonly Each[], random: () => number): Each[] {
  const told = events.flatMap((event) => (random() < 0.2 ? [] : random() < 0.35 ? [event, event] : [event]));
  for (let last = told.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [told[last], told[other]] = [told[other] as Each, told[last] as Each];
  }
  return told;
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFrozen);
  }
  return value;
}

describe("a batch of six over two nodes", () => {
  test("starts as the snapshot says", () => {
    const state = opened();
    expect(state.seq).toBe(FIRST_SEQ);
    expect(Object.keys(state.generations)).toEqual(IDS);
    expect(state.session).not.toHaveProperty("generations");
  });

  test("shows in the middle who draws what, and how far it is", () => {
    const state = play(RUN.slice(0, 6), opened());
    expect(IDS.map((id) => of(state, id).status)).toEqual([
      "generating",
      "generating",
      "queued",
      "queued",
      "queued",
      "queued",
    ]);
    expect([of(state, A).gpu_id, of(state, B).gpu_id, of(state, C).gpu_id]).toEqual(["gpu-a", "gpu-b", null]);
    expect(state.progress).toEqual({ [A]: { current: 9, total: 10 }, [B]: { current: 5, total: 10 } });
  });

  test("no longer says what a picture waits for once a node draws it", () => {
    expect(of(opened(), A).waiting_for).toBe("a free GPU");
    expect(of(after(generating(A, "gpu-a")), A).waiting_for).toBeNull();
    expect(of(after(progress(B, "gpu-b", 1)), B).waiting_for).toBeNull();
  });

  test("puts a picture of a lost node back into the queue, without its progress", () => {
    const state = play(RUN.slice(0, 12), opened());
    expect(of(state, C)).toMatchObject({ status: "queued", gpu_id: null });
    expect(state.progress).not.toHaveProperty(C);
  });

  test("says that the queue is paused, and that it is not any more", () => {
    expect(play(RUN.slice(0, 13), opened()).pausedSince).toBe("2026-11-21T08:00:05.000Z");
    expect(play(RUN.slice(0, 14), opened()).pausedSince).toBeNull();
  });

  test("keeps the reason of a failure until somebody asks for the picture again", () => {
    expect(of(play(RUN.slice(0, 17), opened()), D)).toMatchObject({ status: "failed", error_message: "out of memory" });
    expect(of(play(RUN.slice(0, 22), opened()), D)).toMatchObject({
      status: "queued",
      error_message: null,
      gpu_id: null,
    });
  });

  test("ends with all pictures, their URLs and seconds, no progress left, and the next stage", () => {
    const state = play(RUN, opened());
    expect(IDS.map((id) => of(state, id).status)).toEqual([
      "complete",
      "complete",
      "complete",
      "complete",
      "cancelled",
      "complete",
    ]);
    expect(of(state, C)).toMatchObject({
      gpu_id: "gpu-a",
      image_url: `/images/${C}.png`,
      thumbnail_url: `/images/${C}.webp`,
      generation_time_ms: 1235,
      eta_seconds: null,
      waiting_for: null,
    });
    expect(state.progress).toEqual({});
    expect(state.session?.current_stage).toBe(1);
    expect(state.seq).toBe(FIRST_SEQ + RUN.length);
  });

  test("says which file a node reads until it draws, and nothing of it after an end or a return to the queue", () => {
    const [first] = RUN.filter((event) => event.type === "progress");
    const loads = (seq: number, loading: string | null) => ({ ...first!, seq, loading }) as NumberedEvent;
    const id = (first as { generation_id: string }).generation_id;
    const reading = applyEvent(opened(), loads(FIRST_SEQ + 1, "sdxl.safetensors"));
    expect(of(reading, id).loading).toBe("sdxl.safetensors");
    expect(of(applyEvent(reading, loads(FIRST_SEQ + 2, null)), id).loading).toBeNull();
    const back = {
      type: "queued",
      seq: FIRST_SEQ + 2,
      generation_id: id,
      batch_id: BATCH_ID,
      cause: "lost",
      reason: "gpu-a was lost",
    } as const;
    expect(of(applyEvent(reading, back), id).loading).toBeNull();
  });

  test("has its tally follow every event that carries one", () => {
    let state = opened();
    for (const event of RUN) {
      const before = state.batches;
      state = applyEvent(state, event);
      if ("completed" in event) {
        const { batch_id, completed, batch_total, eta_seconds } = event;
        expect(state.batches).toEqual({ [BATCH_ID]: { batch_id, completed, batch_total, eta_seconds } });
      } else {
        expect(state.batches).toBe(before);
      }
    }
    expect(state.batches[BATCH_ID]?.completed).toBe(6);
  });

  test("keeps the tallies of two batches apart", () => {
    const other = { ...tally(1, 4), batch_id: "another batch" };
    const state = after(progress(A, "gpu-a", 1, 0, 9), { type: "batch", status: "generating", ...other });
    expect(state.batches).toEqual({ [BATCH_ID]: tally(0, 9), "another batch": other });
  });
});

describe("events told twice or too late", () => {
  test("an event told twice changes nothing the second time", () => {
    let state = opened();
    for (const event of RUN) {
      state = applyEvent(state, event);
      expect(applyEvent(state, event)).toBe(state);
    }
  });

  test("an event with an older number changes nothing", () => {
    const state = play(RUN, opened());
    for (const event of RUN) expect(applyEvent(state, event)).toBe(state);
  });

  test("an event from before the snapshot changes nothing", () => {
    const state = opened();
    expect(applyEvent(state, { ...generating(A, "gpu-a"), seq: FIRST_SEQ } as NumberedEvent)).toBe(state);
  });

  test("a snapshot with a lower number is believed all the same: the hub has started anew", () => {
    const state = applyEvent(play(RUN, opened()), makeSnapshot({ seq: 7 }));
    expect(state).toMatchObject({ seq: 7, generations: {}, progress: {}, batches: {} });
  });
});

describe("what has ended", () => {
  const ends = [
    ["complete", complete(A, "gpu-a", 1)],
    ["failed", failed(A, 1)],
    ["cancelled", cancelled(A, 1)],
  ] as const;

  test.each(ends)("%s is not reopened by late progress, by a late start or by its node's loss", (status, end) => {
    const over = after(generating(A, "gpu-a"), end);
    const late = [progress(A, "gpu-a", 9), generating(A, "gpu-b"), queued(A, "retry"), queued(A)]; // what ended is opened by a cause, by no sentence
    const state = play(numbered(late, over.seq), over);
    expect(of(state, A)).toEqual(of(over, A));
    expect(of(state, A).status).toBe(status);
    expect(state.progress).toEqual({});
  });

  test.each(ends)("%s is not turned into another end", (_, end) => {
    const over = after(end);
    const others = ends.map(([, each]) => each).filter((each) => each !== end);
    expect(of(play(numbered(others, over.seq), over), A)).toEqual(of(over, A));
  });

  test("a picture that comes after it was given up completes what had failed", () => {
    const over = after(failed(A, 1));
    const state = play(numbered([queued(A, null, "returned"), complete(A, "gpu-a", 1)], over.seq), over);
    expect(of(state, A)).toMatchObject({ status: "complete", error_message: null });
  });

  test("late progress of an ended picture still moves the tally", () => {
    const state = after(complete(A, "gpu-a", 1), progress(A, "gpu-a", 9, 3, 5));
    expect(state.batches[BATCH_ID]).toEqual(tally(3, 5));
  });

  test("is reopened by a retry, blank and not to be deleted any more, and can end again", () => {
    const [lost] = OPENING.session.generations;
    const discarded = {
      ...(lost as Generation),
      discard_after: "2026-11-21T08:10:00.000Z",
      completed_at: "2026-11-21T08:00:09.000Z",
    };
    const start = applyEvent(NOTHING, makeSnapshot({ session: makeSession({ generations: [discarded] }) }));
    const retried = play(numbered([generating(A, "gpu-a"), failed(A, 1), askedAgain(A)]), start);
    expect(of(retried, A)).toMatchObject({
      status: "queued",
      gpu_id: null,
      error_message: null,
      completed_at: null,
      discard_after: null,
    });
    const again = play(numbered([progress(A, "gpu-b", 1), complete(A, "gpu-b", 1)], retried.seq), retried);
    expect(of(again, A)).toMatchObject({ status: "complete", gpu_id: "gpu-b" });
  });
});

describe("what is not known", () => {
  const STRANGER = generationId(99);

  test.each([
    ["progress", progress(STRANGER, "gpu-a", 1)],
    ["generating", generating(STRANGER, "gpu-a")],
    ["queued", askedAgain(STRANGER)],
    ["complete", complete(STRANGER, "gpu-a", 1)],
    ["failed", failed(STRANGER, 1)],
    ["cancelled", cancelled(STRANGER, 1)],
  ])("%s of an unknown picture invents none and takes its number", (_, event) => {
    const before = opened();
    const state = play(numbered([event]), before);
    expect(state.generations).toEqual(before.generations);
    expect(state.seq).toBe(FIRST_SEQ + 1);
  });

  test("a kind of event that only a newer hub knows leaves everything as it is, but for the number", () => {
    const before = opened();
    const event = { type: "fireworks", seq: FIRST_SEQ + 1 } as unknown as NumberedEvent;
    expect(applyEvent(before, event)).toEqual({ ...before, seq: FIRST_SEQ + 1 });
  });

  test("events before the first snapshot are survived", () => {
    const state = play(RUN);
    expect(state.generations).toEqual({});
    expect(state.session).toBeNull();
  });
});

describe("any order at all", () => {
  const LAST = snapshotOf(play(RUN, opened()));
  const retried = new Set(
    RUN.flatMap((event) => (event.type === "queued" && event.cause === "retry" ? [event.seq] : [])),
  );

  test("500 times permuted, doubled and dropped: sound after every event, and equal to the snapshot after it", () => {
    const expected = applyEvent(NOTHING, LAST);
    for (let seed = 1; seed <= 500; seed++) {
      let state = opened();
      for (const event of mangled(RUN, randomOf(seed))) {
        const before = state;
        state = applyEvent(before, event);
        expect(state.seq).toBe(Math.max(before.seq, event.seq));
        expect(Object.keys(state.generations)).toEqual(IDS);
        for (const id of IDS) {
          const [was, is] = [of(before, id), of(state, id)];
          if (TERMINAL.has(is.status)) expect(state.progress).not.toHaveProperty(id);
          if (TERMINAL.has(was.status) && is.status !== was.status) expect(retried).toContain(event.seq);
        }
      }
      expect(applyEvent(state, LAST), `seed ${seed}`).toEqual(expected);
    }
  });

  test("500 times cut off at a random moment: the snapshot and what came after it lead to the same end", () => {
    const whole = play(RUN, opened());
    for (let seed = 1; seed <= 500; seed++) {
      const random = randomOf(seed);
      const cut = Math.floor(random() * RUN.length);
      const garbled = play(mangled(RUN.slice(0, cut), random), opened());
      const back = applyEvent(garbled, snapshotOf(play(RUN.slice(0, cut), opened())));
      const from = Math.max(0, cut - Math.floor(random() * 5)); // some of it is told again
      const rest = RUN.slice(from).flatMap((event) => (random() < 0.3 ? [event, event] : [event]));
      expect(play(rest, back), `seed ${seed}`).toEqual(whole);
    }
  });

  test("the hub may read its state after the number: what is told again from within the snapshot does no harm", () => {
    const whole = play(RUN, opened());
    const early = RUN.findIndex((event) => event.type === "queued" && event.cause === "retry") + 1;
    for (let cut = early; cut < RUN.length; cut++) {
      const ahead = { ...snapshotOf(whole), seq: FIRST_SEQ + cut };
      const { generations, progress: left } = play(RUN.slice(cut), applyEvent(NOTHING, ahead));
      expect(generations, `from ${cut}`).toEqual(whole.generations);
      expect(left).toEqual({});
    }
  });
});

test("the state that was is never changed: frozen to the bottom, the whole run still works", () => {
  let state = deepFrozen(opened());
  for (const event of RUN) {
    const kept = structuredClone(state);
    const next = deepFrozen(applyEvent(state, deepFrozen(event)));
    expect(state).toEqual(kept);
    state = next;
  }
  expect(state).toEqual(play(RUN, opened()));
});
