/** What is taken back in the Explorer: by what the session keeps, so that a reload and another window do it as well. */
import { beforeEach, describe, expect, test } from "vitest";

import { canTakeBack, changed, marked, takenBack } from "@/actions/explorer/steps";
import { stateOf } from "@/features/explorer/state";
import { changeExplorer, toggleMark, undo } from "@/features/explorer/useExplorer";
import type { Members } from "@/lib/mergePatch";
import { useGenerationStore } from "@/stores/generationStore";
import { EMPTY_CONFIG, useSessionStore } from "@/stores/sessionStore";

const back = (kept: Members): Members => takenBack(kept)?.kept ?? {};
/** As the hub gives it to a browser that has never seen it. */
const reloaded = (kept: Members): Members => JSON.parse(JSON.stringify(kept)) as Members;

describe("the steps that a session keeps", () => {
  test("lead back through every state, the newest first", () => {
    const first = { trail: ["a"], direction: "seed", budget: 8 };
    const second = changed(first, { trail: ["a", "b"] });
    const third = changed(second, { trail: ["a", "b", "c"], direction: "wording" });
    const fourth = changed(third, { trail: ["a"] });
    let kept = reloaded(fourth);
    for (const before of [third, second, first])
      expect({ ...(kept = back(kept)), undo: 0 }).toEqual({ ...before, undo: 0 });
    expect(canTakeBack(kept)).toBe(false);
    expect(takenBack(kept)).toBeNull();
  });

  test("leave alone what was changed beside them since", () => {
    const moved = changed({ trail: ["a"], budget: 24 }, { trail: ["a", "b"] });
    expect(back({ ...moved, budget: 48, direction: "seed" })).toMatchObject({
      trail: ["a"],
      budget: 48,
      direction: "seed",
    });
  });

  test("take away what was not there before", () => {
    expect(back(changed({}, { grid: "one" }))).toEqual({ undo: [] });
    expect(stateOf(back(changed({ start: "a" }, { trail: ["a", "b"] }))).trail).toEqual(["a"]);
  });

  test("are none where nothing changes", () => {
    const kept = { trail: ["a"] };
    expect(changed(kept, { trail: ["a"] })).toBe(kept);
  });

  test("of a long way stay small", () => {
    const trail = Array.from({ length: 150 }, (_, index) => `00000000-0000-4000-8000-${index}`);
    let kept: Members = { trail };
    for (let step = 0; step < 60; step++) kept = changed(kept, { trail: [...(kept["trail"] as string[]), `${step}`] });
    expect((kept["undo"] as unknown[]).length).toBe(50);
    expect(JSON.stringify(kept["undo"]).length).toBeLessThan(5_000);
  });

  test.each([
    [{ undo: 7 }],
    [{ undo: [7] }],
    [{ undo: [{ was: [], trail: { keep: "x" }, marks: { a: 3 } }], trail: 9 }],
  ])("that another client wrote wrongly harm nothing: %j", (kept) => {
    expect(() => stateOf(takenBack(kept)?.kept)).not.toThrow();
    expect(takenBack(kept)?.marks ?? {}).toEqual({});
  });
});

describe("undo", () => {
  beforeEach(() => {
    useGenerationStore.getState().reset();
    useSessionStore.setState({ sessionId: null, loadedId: null, config: EMPTY_CONFIG });
  });

  test("takes back a move and a mark of before a reload", () => {
    changeExplorer({ trail: ["a"] });
    changeExplorer({ trail: ["a", "b"] });
    const { config } = useSessionStore.getState();
    const explorer = reloaded(marked(config.explorer, { b: null }));
    useGenerationStore.getState().showMarks({ a: "selected", b: "selected" });
    useSessionStore.setState({ config: { ...config, explorer } });
    expect(undo()).toBe(true);
    expect(useGenerationStore.getState().marks).toEqual({ a: "selected" });
    expect(undo()).toBe(true);
    expect(stateOf(useSessionStore.getState().config.explorer).trail).toEqual(["a"]);
    expect(undo()).toBe(true);
    expect(undo()).toBe(false);
  });

  test("takes a mark of this page back once, not again in the next stage", () => {
    toggleMark("a", "selected");
    const { config } = useSessionStore.getState();
    useSessionStore.setState({ config: { ...config, explorer: marked(config.explorer, { a: null }) } });
    undo();
    expect(useGenerationStore.getState().marks).toEqual({});
    expect(useGenerationStore.getState().undo()).toBe(false);
  });
});
