/** Saying what should change: words, a plan with chips, a new prompt that is used or not. */
import { act, cleanup, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Changes, IterationPlan, LlmStage, Refinement } from "@/api/types";
import { LlmPage } from "@/features/llm/LlmPage";
import { chipsIn } from "@/actions/wording/changeChips";
import { changesOf, chipsOf, choicesOf, remembered, switched } from "@/features/refine/chips";
import { changeIntent, withoutTerm, withoutWish, withWish } from "@/features/refine/intent";
import { read } from "@/features/refine/kept";
import { cancel, useRefining } from "@/features/refine/refining";
import { wordingSteps } from "@/features/viewer/refinementSteps";
import { wordDiff } from "@/lib/wordDiff";
import { useSessionStore } from "@/stores/sessionStore";

import { generationId, SESSION_ID } from "./factories";
import { drawn, type FakeHub } from "./fakeHub";
import { closeBrowser, openBrowser, user, visitSession } from "./studio";

const NONE: Changes = { keep: [], remove: [], add: [], modify: [], emphasis_up: [], emphasis_down: [] };
const PROMPT = "a lighthouse in the fog";

const planOf = (fields: Partial<IterationPlan> = {}): IterationPlan => ({
  iteration_id: "it-1",
  suggested_prompt: "a lighthouse in the fog, boat",
  suggested_negative: "hat",
  task_type: "standard",
  model_family: "sdxl",
  count: 8,
  rationale: "Added “boat”.",
  changes: { ...NONE, add: ["boat"] },
  understood: { ...NONE, add: ["boat"], remove: ["hat"] },
  conflicts: [],
  degraded: "by rules: no LLM is configured",
  vision_context: null,
  notes: ["“hat” is not in the prompt; it went into the negative prompt"],
  question: "",
  intent_version: 0,
  ...fields,
});

describe("a word diff", () => {
  const seeded = (seed: number) => () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const WORDS = ["a", "boat", " ", ", ", "(", "fog", ":1.15)", "Über", "naïve", "👩‍🚀", "\n"];

  test("gives both texts back letter by letter, whatever they are", () => {
    const chance = seeded(7);
    const text = () => Array.from({ length: chance() * 14 }, () => WORDS[Math.floor(chance() * WORDS.length)]).join("");
    for (let round = 0; round < 500; round++) {
      const [before, after] = [text(), text()];
      const pieces = wordDiff(before, after);
      const without = (was: string) => pieces.filter((each) => each.was !== was).map((each) => each.text);
      expect(without("new").join("")).toBe(before);
      expect(without("gone").join("")).toBe(after);
    }
  });

  test("strikes out words, not letters, and a weight changes the signs around its word alone", () => {
    expect(wordDiff("a cat in fog", "a car in (fog:1.2)")).toEqual([
      { text: "a ", was: "kept" },
      { text: "cat", was: "gone" },
      { text: "car", was: "new" },
      { text: " in ", was: "kept" },
      { text: "(", was: "new" },
      { text: "fog", was: "kept" },
      { text: ":1.2)", was: "new" },
    ]);
  });

  test("of very long texts ends at once", () => {
    const long = (word: string) => Array.from({ length: 3000 }, (_, at) => `${word}${at}`).join(" ");
    expect(wordDiff(`x ${long("a")} y`, `x ${long("b")} y`).map((each) => each.was)).toEqual([
      "kept",
      "gone",
      "new",
      "kept",
    ]);
  });
});

describe("chips", () => {
  const all: Changes = {
    keep: ["sky"],
    remove: ["hat"],
    add: ["boat"],
    modify: [{ from: "cat", to: "dog" }],
    emphasis_up: ["fog"],
    emphasis_down: ["sun"],
  };

  test("are all that was understood, and become the same operations again", () => {
    expect(changesOf(chipsIn(all))).toEqual(all);
    const off = chipsIn(all).reduce((chips, _, index) => switched(chips, index), chipsIn(all));
    expect(changesOf(off)).toEqual(NONE);
  });

  test("keep what is in the picture alone by adding it", () => {
    const plan = planOf({ understood: { ...NONE, keep: ["moon"] }, changes: { ...NONE, add: ["moon"] } });
    expect(chipsOf(plan)).toEqual([{ kind: "add", term: "moon", on: true }]);
  });

  test("are remembered as they were carried out, with what goes into the negative prompt", () => {
    expect(remembered(planOf(), chipsOf(planOf()))).toEqual({ ...NONE, add: ["boat"], remove: ["hat"] });
    const lost = planOf({ conflicts: [{ term: "hat", message: "it was kept", earlier_feedback: null }] });
    expect(remembered(lost, chipsOf(lost)).remove).toEqual([]);
  });

  test("offer the ways out of a conflict, with one side at most", () => {
    const both = chipsIn({ ...NONE, keep: ["red hat"], remove: ["hat", "chat"] });
    const choices = choicesOf({ term: "hat", message: "", earlier_feedback: null }, both);
    expect(choices.map(({ words, chosen, chips }) => [words, chosen, chips.map((each) => each.on)])).toEqual([
      ["Keep red hat", false, [true, false, true]],
      ["Remove hat", false, [false, true, true]],
    ]);
    const [now, before] = choicesOf({ term: "chat", message: "", earlier_feedback: "a chat" }, both);
    expect([now?.chosen, before?.words, before?.chips[2]?.on]).toEqual([true, "As before: a chat", false]);
  });
});

describe("the words on the way to a picture", () => {
  const refinement = (fields: Partial<Refinement>): Refinement => ({
    ...{ id: "r", session_id: SESSION_ID, at: "2026-11-01T10:00:00Z", feedback: "more fog", current_prompt: "a boat" },
    ...{ plan: planOf({ suggested_prompt: "a boat, fog" }), answers: [], chosen: [], ...fields },
  });
  const picture = (index: number, prompt: string) => drawn(index, { prompt, created_at: "2026-11-01T11:00:00Z" });
  const lineage = [picture(1, "a boat"), picture(2, "a boat"), picture(3, "a boat, fog")];
  const answer = { stage: "engineer", digest: "", options: {}, prompt_version: "", text: "", problem: null } as const;

  test("are told with what was said, and by whom: rules, a model, or a hand", () => {
    const [byRules, ...none] = wordingSteps(lineage, [refinement({})]);
    expect([byRules, none]).toEqual([
      { step: 3, from: "a boat", to: "a boat, fog", feedback: "more fog", by: "by rules" },
      [],
    ]);
    const answers = [
      { ...answer, model: "phi4:14b" },
      { ...answer, model: "hermes3:8b", problem: "no JSON" },
    ];
    const model = refinement({ answers, plan: planOf({ suggested_prompt: "a boat, mist", degraded: null }) });
    expect(wordingSteps(lineage, [model])[0]?.by).toBe("by phi4:14b, changed by hand");
    const chosen = { suggested_prompt: "a boat, fog", suggested_negative: "", changes: { ...NONE, add: ["fog"] } };
    const understood = { ...NONE, add: ["fog"], remove: ["hat"] };
    const partly = refinement({ plan: planOf({ suggested_prompt: "fog", understood }), chosen: [chosen] });
    expect(wordingSteps(lineage, [partly])[0]?.by).toBe("by rules, without “Remove hat”");
    const later = refinement({ at: "2026-11-01T12:00:00Z" });
    const other = refinement({ current_prompt: "a cat" });
    expect(wordingSteps(lineage, [later, other])).toMatchObject([{ feedback: null, by: "by hand" }]);
  });
});

describe("the page of the language models", () => {
  const stage = (fields: Partial<LlmStage>): LlmStage => ({
    ...{ stage: "interpreter", server: "home", kind: "ollama", url: "http://desk:11434", model: "hermes3:8b" },
    ...{ shares_gpu_with: null, words: "not asked yet", works: null, asked_at: null, ...fields },
  });
  const nobody = {
    server: null,
    kind: null,
    url: null,
    model: null,
    words: "no model is configured: it works by rules",
  };
  const advice = "home does not have hermes3:8b: run `ollama pull hermes3:8b` there";
  const check = {
    ...{ stage: "interpreter", server: "home", kind: "ollama", url: "http://desk:11434", model: "hermes3:8b" },
    ...{ works: false, there: false, vision: null, honoured: null, form: "", seconds: null, digest: "" },
    problem: advice,
  };
  let hub: FakeHub;

  beforeEach(() => {
    hub = openBrowser();
  });

  afterEach(closeBrowser);

  test("tests one stage, and says what is missing with the command that brings it", async () => {
    hub.give("GET /api/llm", {
      file: "/hub/llm.yaml",
      configured: true,
      problems: ["line 3: what?"],
      stages: [stage({})],
    });
    hub.give("POST /api/llm/check", { checks: [check], problems: [] });
    render(<LlmPage />);
    expect(await screen.findByText("line 3: what?")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Test: Understands" }));
    const found = within(screen.getByRole("status"));
    expect(await found.findByRole("button", { name: "Copy: ollama pull hermes3:8b" })).toBeVisible();
    expect(hub.bodies("POST /api/llm/check")).toEqual([{ stages: ["interpreter"] }]);
    hub.give("POST /api/llm/check", {
      checks: [{ ...check, works: true, seconds: 1.46, problem: null }],
      problems: [],
    });
    await user.click(screen.getByRole("button", { name: "Test: Understands" }));
    expect(await screen.findByText("Works: answered in 1.5 s")).toBeVisible();
    hub.refuse("POST /api/llm/check", { status: 503, code: "busy", detail: "The hub is starting." });
    await user.click(screen.getByRole("button", { name: "Test: Understands" }));
    expect(await screen.findByText("The hub is starting.")).toBeVisible();
  });

  test("without any model says that rules work, and how to get one", async () => {
    hub.give("GET /api/llm", { file: "/hub/llm.yaml", configured: false, problems: [], stages: [stage(nobody)] });
    render(<LlmPage />);
    expect(await screen.findByText("No model is configured: it works by rules.")).toBeVisible();
    expect(screen.getByText("/hub/llm.yaml")).toBeVisible();
    expect(screen.queryByRole("button", { name: /^Test/ })).toBeNull();
  });
});

describe("with picked pictures", () => {
  let hub: FakeHub;
  const PLAN = "POST /api/iterate/refine-prompt";
  const APPLY = "POST /api/iterate/apply-changes";

  beforeEach(async () => {
    hub = openBrowser();
    await show();
  });

  afterEach(() => {
    cancel();
    useRefining.setState({ sessionId: null });
    closeBrowser();
  });

  const show = () =>
    visitSession(hub, {
      config: {
        preset: "classic",
        prompt: PROMPT,
        negative_prompt: "",
        stages: {},
        marks: { [generationId(1)]: "selected", [generationId(2)]: "rejected" },
      },
      generations: [drawn(1), drawn(2)],
    });

  const bar = () => within(screen.getByRole("region", { name: "What should change" }));
  const suggest = async (feedback = "no hat, add a boat") => {
    await user.type(await screen.findByLabelText("What should change?"), `${feedback}{Enter}`);
    await screen.findByRole("button", { name: "Use it" });
  };
  const config = () => useSessionStore.getState().config;

  test("a suggestion is asked for with the picks and what was rejected, and changes nothing by itself", async () => {
    hub.give(PLAN, planOf());
    await suggest();
    expect(hub.bodies(PLAN)).toEqual([
      {
        session_id: SESSION_ID,
        feedback_text: "no hat, add a boat",
        selected_image_ids: [generationId(1)],
        rejected_image_ids: [generationId(2)],
        current_prompt: PROMPT,
        current_negative: "",
        model_family: "sdxl",
        remember: false,
      },
    ]);
    expect(config().prompt).toBe(PROMPT);
    expect(bar().getByText("By rules")).toBeVisible();
    expect(bar().getByText(/^No LLM is configured/)).toBeVisible();
    expect(bar().getByText(/went into the negative prompt/)).toBeVisible();
    expect(bar().getByText("A new prompt is suggested by rules: 2 changes.")).toBeInTheDocument();
  });

  test("a chip is switched off by code, and all on again is the first suggestion without a word to the hub", async () => {
    hub.give(PLAN, planOf());
    hub.give(APPLY, planOf({ suggested_prompt: PROMPT, changes: NONE }));
    await suggest();
    await user.click(bar().getByRole("button", { name: "Add boat", pressed: true }));
    await bar().findByText("As it was.");
    expect(hub.bodies(APPLY)).toMatchObject([{ iteration_id: "it-1", changes: { add: [], remove: ["hat"] } }]);
    await user.click(bar().getByRole("button", { name: "Add boat", pressed: false }));
    await waitFor(() => expect(bar().queryByText("As it was.")).toBeNull());
    expect(hub.bodies(APPLY)).toHaveLength(1);
  });

  test("a switch that the hub refuses goes back, with its reason", async () => {
    hub.give(PLAN, planOf());
    hub.refuse(APPLY, { status: 503, code: "disk_full", detail: "The disk of the hub is full." });
    await suggest();
    await user.click(bar().getByRole("button", { name: "Add boat" }));
    await bar().findByText("The disk of the hub is full.");
    expect(bar().getByRole("button", { name: "Add boat", pressed: true })).toBeVisible();
  });

  test("what a person wrote into it is set aside by a switch, and can be brought back", async () => {
    hub.give(PLAN, planOf());
    hub.give(APPLY, planOf({ suggested_prompt: PROMPT, changes: NONE }));
    await suggest();
    await user.click(bar().getByRole("button", { name: "Edit: Prompt" }));
    await user.type(bar().getByLabelText("Prompt"), " at night");
    await user.click(bar().getByRole("button", { name: "Add boat" }));
    await user.click(await bar().findByRole("button", { name: "Bring it back" }));
    await user.click(bar().getByRole("button", { name: "Use it" }));
    expect(config().prompt).toBe("a lighthouse in the fog, boat at night");
  });

  test("used, it is the next pictures' prompt and one of the session's wishes; back, both are as before", async () => {
    hub.give(PLAN, planOf());
    await suggest();
    await user.click(bar().getByRole("button", { name: "Use it" }));
    expect(config()).toMatchObject({ prompt: "a lighthouse in the fog, boat", negative_prompt: "hat" });
    await waitFor(() => expect(hub.intent.wishes).toMatchObject([{ id: "it-1", changes: { remove: ["hat"] } }]));
    const back = bar().getByRole("button", { name: "Back to the old prompt" });
    expect(back).toHaveFocus();
    await user.click(back);
    expect(config()).toMatchObject({ prompt: PROMPT, negative_prompt: "" });
    expect(screen.getByLabelText("What should change?")).toHaveFocus();
    expect(screen.getByLabelText("What should change?")).toHaveValue("no hat, add a boat");
    await waitFor(() => expect(hub.intent.wishes).toEqual([]));
  });

  test("whoever brings the old prompt back by other means has taken it back, and done again it counts", async () => {
    hub.give(PLAN, planOf());
    await suggest();
    await user.click(bar().getByRole("button", { name: "Use it" }));
    await waitFor(() => expect(hub.intent.wishes).toHaveLength(1));
    const write = (prompt: string, negative_prompt: string) =>
      act(() => useSessionStore.getState().change({ prompt, negative_prompt }));
    write(PROMPT, ""); // as the undo of the concept builder's cards does
    await waitFor(() => expect(hub.intent.wishes).toEqual([]));
    expect(bar().queryByRole("button", { name: "Back to the old prompt" })).toBeNull();
    write("a lighthouse in the fog, boat", "hat");
    await waitFor(() => expect(hub.intent.wishes).toMatchObject([{ id: "it-1", feedback: "no hat, add a boat" }]));
    expect(bar().getByRole("button", { name: "Back to the old prompt" })).toBeVisible();
    write("a lighthouse in the fog, boat, at night", "hat"); // goes on from it
    expect(bar().getByRole("button", { name: "Back to the old prompt" })).toBeVisible();
  });

  test("whoever goes on without it is told what is left out", async () => {
    hub.give(PLAN, planOf());
    await user.type(await screen.findByLabelText("What should change?"), "no hat");
    expect(screen.getByText(/^What you wrote is not in the prompt yet/)).toBeVisible();
    await suggest(", add a boat");
    expect(screen.getByText(/^The suggestion is not used yet/)).toBeVisible();
    await user.click(bar().getByRole("button", { name: "Use it" }));
    expect(screen.queryByText(/not used yet|not in the prompt yet/)).toBeNull();
  });

  test("on a phone it has the bar to itself until it is used or left, and one line holds field and button", async () => {
    cleanup();
    const narrow = { matches: true, addEventListener: () => undefined, removeEventListener: () => undefined };
    vi.stubGlobal("matchMedia", () => narrow);
    await show();
    const named = (name: string | RegExp) => screen.queryByRole("button", { name });
    await screen.findByLabelText("What should change?");
    expect([named("Suggest a prompt"), named("Asked so far")]).toEqual([null, expect.anything()]);
    hub.give(PLAN, planOf());
    await user.type(screen.getByLabelText("What should change?"), "no hat");
    expect([named("Suggest a prompt"), named("Asked so far")]).toEqual([expect.anything(), null]);
    await user.click(screen.getByRole("button", { name: "Suggest a prompt" }));
    await screen.findByRole("button", { name: "Use it" });
    expect([named("Suggest a prompt"), named(/^Refine 1 selected/)]).toEqual([null, null]);
    await user.click(screen.getByRole("button", { name: "Leave the prompt as it is" }));
    expect(named(/^Refine 1 selected/)).toBeVisible();
  });

  test("while a model thinks, going on works, and calling it off keeps the words", async () => {
    const open = hub.hold(PLAN);
    await user.type(await screen.findByLabelText("What should change?"), "more fog{Enter}");
    await bar().findByText("Asking …");
    expect(screen.getByRole("button", { name: /^Refine 1 selected/ })).toBeEnabled();
    await user.click(bar().getByRole("button", { name: "Cancel" }));
    expect(bar().queryByText("Asking …")).toBeNull();
    expect(screen.getByLabelText("What should change?")).toHaveValue("more fog");
    hub.give(PLAN, planOf());
    await act(async () => open());
    expect(screen.queryByRole("button", { name: "Use it" }), "it was called off").toBeNull();
  });

  test("a hub that refuses is one sentence, and the words stay", async () => {
    hub.refuse(PLAN, { status: 503, code: "disk_full", detail: "The disk of the hub is full." });
    await user.type(await screen.findByLabelText("What should change?"), "more fog{Enter}");
    await bar().findByText("The disk of the hub is full.");
    expect(screen.getByLabelText("What should change?")).toHaveValue("more fog");
    expect(screen.getByRole("button", { name: /^Refine 1 selected/ })).toBeEnabled();
  });

  test("Enter that ends a word of an input method sends nothing", async () => {
    const field = await screen.findByLabelText("What should change?");
    await user.type(field, "霧");
    act(() => {
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }));
    });
    expect(hub.bodies(PLAN)).toEqual([]);
  });

  test("an unfinished suggestion is kept by the browser, and what is none of ours is left out", async () => {
    hub.give(PLAN, planOf());
    await suggest();
    expect(read(SESSION_ID)).toMatchObject({ feedback: "no hat, add a boat", planned: { stage: 0 } });
    for (const broken of ["", "7", "{", '{"planned": {"stage": 0}, "used": [3], "feedback": []}']) {
      localStorage.setItem(`vibes-refine:${SESSION_ID}`, broken);
      expect(read(SESSION_ID)).toEqual({ feedback: "", planned: null, used: [] });
    }
  });

  test("the streamed reason is shown as it comes, and the plan is what came last", async () => {
    const stream = hub.stream(PLAN);
    await user.type(await screen.findByLabelText("What should change?"), "more fog{Enter}");
    await waitFor(() => expect(hub.bodies(PLAN)).toHaveLength(1));
    await act(() => stream.say("stage", { stage: "engineer" }));
    await act(() => stream.say("rationale", { text: "Fog gives ", anew: false }));
    await act(() => stream.say("rationale", { text: "depth.", anew: false }));
    await bar().findByText("Writing the prompt …");
    await bar().findByText("Fog gives depth.");
    await act(() => stream.say("plan", planOf({ degraded: null })));
    await bar().findByText("By a language model");
  });

  test("a stream that ends without a plan says so, and the words stay", async () => {
    const stream = hub.stream(PLAN);
    await user.type(await screen.findByLabelText("What should change?"), "more fog{Enter}");
    await waitFor(() => expect(hub.bodies(PLAN)).toHaveLength(1));
    await act(() => stream.end());
    await bar().findByText(/^The connection ended before the suggestion came/);
    expect(screen.getByLabelText("What should change?")).toHaveValue("more fog");
  });

  test("all that was asked is listed, one by one taken out, and put back", async () => {
    const wish = (id: string, at: string, changes: Partial<Changes>) => ({
      ...{ id, at, feedback: `wish ${id}`, refined_prompt: "" },
      changes: { ...NONE, ...changes },
    });
    const [first, second] = [
      wish("1", "2026-11-01T10:00:00Z", { remove: ["hat"], add: ["boat"] }),
      wish("2", "2026-11-01T11:00:00Z", { keep: ["fog"] }),
    ];
    hub.intent.wishes = [first, second];
    await screen.findByLabelText("What should change?");
    await user.click(screen.getByRole("button", { name: "Asked so far" }));
    await user.click(await screen.findByRole("button", { name: "Take out: Remove hat" }));
    await waitFor(() => expect(hub.intent.wishes).toMatchObject([{ id: "1", changes: { remove: [] } }, { id: "2" }]));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(hub.intent.wishes).toEqual([first, second]));
    await user.click(screen.getByRole("button", { name: "Take out: wish 1" }));
    await waitFor(() => expect(hub.intent.wishes).toEqual([second]));

    hub.intent = { ...hub.intent, version: hub.intent.version + 1, wishes: [first, second] }; // by another window
    await user.click(screen.getByRole("button", { name: "Take out: wish 2" }));
    await screen.findByText(/^Another window has changed this list too/);
    expect(hub.intent.wishes).toEqual([first]);
  });

  test("a change of the list that another window is faster than is made again on top of it", async () => {
    const given = { ...NONE, add: ["boat"] };
    const mine = { id: "2", at: "2026-11-01T11:00:00Z", feedback: "b", refined_prompt: "", changes: given };
    hub.beforePut = () => {
      hub.beforePut = null;
      hub.intent = { ...hub.intent, version: 9, wishes: [{ ...mine, id: "1", at: "2026-11-01T10:00:00Z" }] };
    };
    const { intent, merged } = await changeIntent(SESSION_ID, withWish(mine));
    expect([intent.wishes.map((each) => each.id), merged]).toEqual([["1", "2"], true]);
    expect(withoutWish("2")(intent.wishes).map((each) => each.id)).toEqual(["1"]);
    expect(withoutTerm("2", { kind: "add", term: "boat", on: true })(intent.wishes)).toHaveLength(1);
  });
});

describe("with the final picture", () => {
  let hub: FakeHub;

  beforeEach(async () => {
    hub = openBrowser();
    const config = { preset: "classic" as const, prompt: PROMPT, negative_prompt: "", stages: {}, marks: {} };
    await visitSession(hub, { config, current_stage: 3, generations: [drawn(1, { stage: 3 })] });
  });

  afterEach(() => {
    cancel();
    useRefining.setState({ sessionId: null });
    closeBrowser();
  });

  test("it is offered too: what is said is of this picture, and the next one is of the same stage", async () => {
    hub.give("POST /api/iterate/refine-prompt", planOf());
    const narrow = { matches: true, addEventListener: () => undefined, removeEventListener: () => undefined };
    vi.stubGlobal("matchMedia", () => narrow); // on a phone the suggestion has the bar to itself
    await user.type(await screen.findByLabelText("What should change?"), "add a boat{Enter}");
    await screen.findByRole("button", { name: "Use it" });
    expect(screen.queryByRole("link", { name: "Download" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Use it" }));
    expect(hub.bodies("POST /api/iterate/refine-prompt")).toMatchObject([
      { selected_image_ids: [generationId(1)], model_family: "sdxl" },
    ]);
    expect(useSessionStore.getState().config.prompt).toBe("a lighthouse in the fog, boat");
    expect(screen.getByRole("link", { name: "Download" })).toBeVisible();
  });
});
