/** Styles, characters and completed words: what is laid over whatever is asked for, in every flow. */
import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { bodyFor } from "@/actions/batchRequest";
import { insertOf } from "@/actions/completions";
import { toggleStyle } from "@/actions/styles";
import { addTriggerWord, hasWord, toggleTriggerWord } from "@/actions/wording/triggerWords";
import { chosenSince, laidOverPictures } from "@/actions/wording/laidOver";
import type { Generation, StyleOut } from "@/api/types";
import { partsOf } from "@/features/concept/keeping";
import { conceptOf } from "@/features/concept/state";
import { drawnOnes } from "@/features/explorer/map/neighbours";
import { useLibraryStore } from "@/stores/libraryStore";
import { useSessionStore } from "@/stores/sessionStore";

import { generationId, makeGeneration, MOMENT } from "./factories";
import { drawn, type FakeHub } from "./fakeHub";
import { closeBrowser, openBrowser, user, visit, visitFlow, visitSession } from "./studio";

let hub: FakeHub;

beforeEach(() => {
  hub = openBrowser();
});
afterEach(() => {
  useLibraryStore.getState().close();
  closeBrowser();
});

const styled = (...styles: string[]): NonNullable<Generation["written"]> => ({
  prompt: "a fox",
  negative_prompt: "",
  styles,
});

function style(fields: Partial<StyleOut> = {}): StyleOut {
  const made = { version: 1, created_at: MOMENT, updated_at: MOMENT, thumbnail_id: null, thumbnail_url: null };
  const said = { kind: "style" as const, text: "film noir", negative_prompt: "", loras: [], checkpoint: null };
  return { id: "5719e000", name: "Noir", ...said, ...made, ...fields };
}

describe("over the words of a picture", () => {
  const start = makeGeneration({ id: "start", stage: 3, session_id: "elsewhere", written: styled("Noir") });
  const beside = makeGeneration({ id: "beside", parent_id: "start", varied: { seed: 7 } });
  const further = makeGeneration({ id: "further", parent_id: "beside", varied: { steps: 9 }, written: styled("Mira") });
  const polished = makeGeneration({ id: "polished", parent_id: "beside", stage: 1 });
  const known = new Map([start, beside, further, polished].map((each) => [each.id, each]));
  const find = (id: string) => known.get(id);

  test("lies only what neither it nor those that it was varied from have", () => {
    expect(chosenSince(["beside"], find, ["Noir", "Mira"])).toEqual(["Mira"]);
    expect(chosenSince(["further"], find, ["Noir", "Mira", "Ink"])).toEqual(["Ink"]);
    expect(chosenSince(["start", "further"], find, ["Noir", "Mira"]), "between two, what one has").toEqual([]);
    expect(chosenSince(["gone"], find, ["Noir"])).toEqual(["Noir"]);
  });

  test("lies all of it after a stage, whose words were the session's", () => {
    expect(chosenSince(["polished"], find, ["Noir"])).toEqual(["Noir"]);
  });

  test("lies nothing where nothing is chosen, and nobody is caught in a circle", () => {
    expect(laidOverPictures(["beside"], find)).toEqual({});
    const circle = new Map(["a", "b"].map((id, place) => [id, { ...beside, id, parent_id: "ba"[place] ?? null }]));
    expect(chosenSince(["a"], (id) => circle.get(id), ["Noir"])).toEqual(["Noir"]);
  });

  test("makes other neighbours of it: those without it are not counted", () => {
    const plain = makeGeneration({ id: generationId(2), parent_id: "start", varied: { seed: 7 } });
    const inked = { ...plain, id: generationId(3), written: styled("Ink") };
    const around = {
      ...{ generation_id: "start", direction: "seed" as const, none_because: null, request: null },
      neighbours: [{ words: "seed 7", varied: { seed: 7 } }],
    };
    const pictures = { [plain.id]: plain, [inked.id]: inked };
    expect(drawnOnes(around, pictures, [])).toEqual([plain.id]);
    expect(drawnOnes(around, pictures, ["Ink"])).toEqual([inked.id]);
    expect(drawnOnes(around, pictures, ["Ink", "Mira"])).toEqual([null]);
  });
});

describe("the Explorer", () => {
  test("shows what is laid over, sends it with the first picture and its wildcards with it", async () => {
    const explorer = { view: "map" };
    visitFlow(hub, {
      flow_type: "explorer",
      config: { preset: "classic", prompt: "{a|b}", styles: ["Noir"], explorer },
    });
    await screen.findByRole("button", { name: "Take off Noir" });
    const asWritten = () => screen.queryByText(/drawn as they are written: tick Wildcards/);
    expect(asWritten()).toBeVisible();
    await user.click(screen.getByRole("checkbox", { name: "Wildcards" }));
    expect(asWritten()).toBeNull();
    await user.click(screen.getByRole("button", { name: "Draw the first picture" }));
    await expect
      .poll(() => hub.bodies("POST /api/generate/batch").at(-1))
      .toMatchObject({
        ...{ styles: ["Noir"], wildcards: true, prompt: "{a|b}", count: 1 },
      });
  });

  test("lays what was chosen since over the neighbours", async () => {
    const centre = drawn(1, { written: styled("Noir") });
    const request = { prompt: "film noir, a fox", explored_from: centre.id, variations: [{ seed: 7 }] };
    const neighbours = [{ words: "seed 7", varied: { seed: 7 } }];
    const told = { generation_id: centre.id, direction: "seed", none_because: null, neighbours, request };
    hub.give("POST /api/explore/neighbours", told);
    const explorer = { trail: [centre.id], direction: "seed", ahead: false };
    const config = { preset: "classic", prompt: "a fox", styles: ["Noir", "Mira"], explorer };
    visitFlow(hub, { flow_type: "explorer", config, generations: [centre] });
    await user.click(await screen.findByRole("button", { name: /^Draw 1 neighbour/ }));
    await expect.poll(() => hub.bodies("POST /api/generate/variations").at(-1)).toMatchObject({ styles: ["Mira"] });
    expect(screen.queryByRole("checkbox", { name: "Wildcards" }), "its words are drawn already").toBeNull();
  });
});

describe("the board of the concept builder", () => {
  const cards = {
    subject: { text: "an old sailor" },
    lighting: { text: "moonlight", weight: 1.2 },
    style: { text: "ink" },
    keep_out: { text: "people" },
  };

  test("gives a style the cards of how it looks, and a character who is in it", async () => {
    const parts = partsOf(conceptOf({ cards }), "sdxl");
    const taken = (kind: "style" | "character") =>
      parts.of.filter(({ kinds }) => kinds.includes(kind)).map(({ id }) => id);
    expect(taken("style")).toEqual(["style", "lighting", "keep_out"]);
    expect(taken("character")).toEqual(["subject", "keep_out"]);
    hub.give("POST /api/concept/assemble", { prompt: "(moonlight:1.2)", negative_prompt: "", notes: [] });
    expect(await parts.together(["lighting"])).toEqual({ text: "(moonlight:1.2)", negative_prompt: "" });
    expect(hub.bodies("POST /api/concept/assemble").at(-1)).toEqual({
      cards: [{ field: "lighting", text: "moonlight", weight: 1.2, locked: false }],
      model_family: "sdxl",
    });
  });

  test("is kept under a name with the cards that are ticked, shown by the picked picture, and undone", async () => {
    hub.give("POST /api/concept/assemble", { prompt: "ink, moonlight", negative_prompt: "people", notes: [] });
    hub.give("POST /api/styles", style({ name: "My ink" }));
    const config = { ...{ preset: "classic", prompt: "an old sailor" }, marks: { [generationId(1)]: "selected" } };
    const concept = { built: true, cards };
    visitFlow(hub, { flow_type: "concept_builder", config: { ...config, concept }, generations: [drawn(1)] });
    await screen.findByRole("button", { name: /, complete, picked$/ });
    await user.click(await screen.findByRole("button", { name: "Keep…" }));
    const box = await screen.findByRole("dialog", { name: "Save as a style or character" });
    await expect.poll(() => box.style.pointerEvents).toBe("auto");
    const dialog = within(box);
    const goesIn = within(dialog.getByRole("group", { name: "Which cards go in" }));
    expect(goesIn.getByRole("checkbox", { name: /^Subject/ })).not.toBeChecked();
    expect(dialog.getByAltText("The picture that shows it")).toBeVisible();
    await user.click(goesIn.getByRole("checkbox", { name: /^Subject/ }));
    await expect
      .poll(() => fieldsOf(hub.bodies("POST /api/concept/assemble").at(-1)))
      .toEqual(["subject", "style", "lighting", "keep_out"]);
    await user.type(dialog.getByLabelText(/^Name/), "My ink");
    await user.click(dialog.getByRole("button", { name: "Save" }));
    const notice = (await screen.findByText(/is kept: choose it under Styles/)).closest("li")!;
    await user.click(within(notice).getByRole("button", { name: "Undo" }));
    expect(hub.bodies("POST /api/styles").at(-1)).toMatchObject({
      ...{ name: "My ink", kind: "style", text: "ink, moonlight", negative_prompt: "people" },
      thumbnail_id: generationId(1),
    });
    await expect.poll(() => hub.bodies("DELETE /api/styles/5719e000").length).toBe(1);
  });
});

const fieldsOf = (body: Record<string, unknown> | undefined) =>
  (body?.["cards"] as { field: string }[] | undefined)?.map(({ field }) => field);

describe("what is completed", () => {
  const completion = (kind: string, insert: string) => ({ kind, insert, text: insert, hint: "" }) as never;

  test("is a word, or a LoRA or a style that goes where it belongs, never twice", async () => {
    await visit();
    await expect.poll(() => useSessionStore.getState().flows).not.toBeNull();
    expect(insertOf(completion("tag", "watercolor"), 0)).toBe("watercolor");
    for (let times = 0; times < 2; times++) {
      expect(insertOf(completion("lora", "ink.safetensors"), 0)).toBe("");
      expect(insertOf(completion("style", "Noir"), 0)).toBe("");
    }
    expect(insertOf(completion("wildcard", "__animal__"), 0)).toBe("__animal__");
    expect(bodyFor(0, [])).toMatchObject({
      ...{ styles: ["Noir"], wildcards: true, loras: [{ name: "ink.safetensors", strength_model: 1 }] },
    });
    for (let each = 0; each < 12; each++) toggleStyle(`style ${each}`);
    expect(bodyFor(0, [])?.styles, "as many as the hub takes, the newest").toHaveLength(10);
  });
});

test("the viewer tells what became of a wildcard once", async () => {
  const varied = { "{red|blue}": "red", steps: 12 };
  const written = { prompt: "a {red|blue} fox", negative_prompt: "", styles: ["Noir"] };
  await visitSession(hub, { generations: [drawn(1, { prompt: "a red fox", varied, written })] });
  screen.getByLabelText(/^Picture 1,/).focus();
  await user.keyboard("{Enter}");
  expect(await screen.findByText("differs: steps 12")).toBeVisible();
  expect(screen.getAllByText("{red|blue}")).toHaveLength(1);
});

test("an earlier prompt is written into the editor with its styles, and what stood there comes back", async () => {
  const past = {
    ...{ prompt: "a misty fox", negative_prompt: "text", styles: ["Noir"], model_family: "sd15", used_at: MOMENT },
    ...{ uses: 2, session_id: "s", generation_id: null, thumbnail_url: null },
  };
  hub.give("GET /api/prompts?search=", { prompts: [past] });
  const field = await visit();
  await user.type(field, "something else");
  await user.click(screen.getByRole("button", { name: "Earlier prompts" }));
  await user.click(await screen.findByRole("button", { name: /a misty fox/ }));
  expect(useSessionStore.getState().config).toMatchObject({ prompt: "a misty fox", styles: ["Noir"] });
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  expect(useSessionStore.getState().config).toMatchObject({ prompt: "something else", styles: [] });
});

describe("the trigger words of a LoRA", () => {
  const word = (text: string, insert = text) => ({ text, insert, count: 3 });

  test("are in the prompt in whatever weight and letter case, but not within another word", () => {
    expect(hasWord("a fox, (InkWash:1.2)", word("inkwash"))).toBe(true);
    expect(hasWord("a fox, inkwashed", word("inkwash"))).toBe(false);
    expect(hasWord("inkwashed and inkwash", word("inkwash"))).toBe(true);
    expect(hasWord("saber \\(fate\\)", word("saber (fate)", "saber \\(fate\\)"))).toBe(true);
    expect(hasWord("", word("ink"))).toBe(false);
  });

  test("are put behind the prompt once, and taken out without what was written since", async () => {
    const field = await visit();
    await user.type(field, "a fox, ");
    for (let times = 0; times < 2; times++) addTriggerWord(word("saber (fate)", "saber \\(fate\\)"));
    const prompt = () => useSessionStore.getState().config.prompt;
    expect(prompt()).toBe("a fox, saber \\(fate\\)");
    useSessionStore.getState().change({ prompt: `${prompt()}, at night` });
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(prompt()).toBe("a fox, at night");

    useSessionStore.getState().change({ prompt: "inkwash, a fox" });
    toggleTriggerWord(word("inkwash"));
    expect(prompt()).toBe("a fox");
    await screen.findByText("“inkwash” is out of the prompt");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(prompt()).toBe("inkwash, a fox");
  });

  test.each([
    ["a fox, (InkWash:1.2), at night", "a fox, at night"],
    ["inkwash, a fox", "a fox"],
    ["((inkwash)),a fox, INKWASH", "a fox"],
    ["an inkwash of a fox", "an inkwash of a fox"],
    [" a fox, inkwashed", " a fox, inkwashed, inkwash"],
  ])("are taken out of %j in whatever weight, and stay among other words", (before, after) => {
    useSessionStore.getState().change({ prompt: before });
    toggleTriggerWord(word("inkwash"));
    expect(useSessionStore.getState().config.prompt).toBe(after);
  });

  test("are taken out as they were put in where their parentheses are escaped", () => {
    const saber = word("saber (fate)", "saber \\(fate\\)");
    useSessionStore.getState().change({ prompt: "a fox, (saber \\(fate\\):0.8)" });
    toggleTriggerWord(saber);
    expect(useSessionStore.getState().config.prompt).toBe("a fox");
    toggleTriggerWord(saber);
    expect(useSessionStore.getState().config.prompt).toBe("a fox, saber \\(fate\\)");
  });

  test("are chips of a chosen LoRA, found by search, and offered when a completion chooses it", async () => {
    const card = {
      ...{ name: "ink.safetensors", nodes: ["attic"], family: "sdxl", told: true, title: "Tusche", description: "" },
      ...{ trigger_words: [word("inkwash"), ...Array.from({ length: 9 }, (_, n) => word(`word ${n}`))], thumbnail: "" },
    };
    hub.give("GET /api/loras?search=&family=sd15", { loras: [card], total: 1 });
    hub.give("GET /api/loras?search=inkw&family=sd15", { loras: [card], total: 1 });
    hub.give("GET /api/loras/ink.safetensors", card);
    const field = await visit();
    await user.type(field, "a fox");
    await user.click(screen.getByRole("button", { name: "Settings" }));
    await user.type(await screen.findByRole("searchbox", { name: "Search LoRAs" }), "inkw");
    await user.click(await screen.findByRole("button", { name: /Tusche/ }));
    expect(screen.getByRole("searchbox", { name: "Search LoRAs" }), "what is left is shown").toHaveValue("");
    const chips = await screen.findByRole("list", { name: /^Trigger words of/ });
    expect(within(chips).getAllByRole("button")).toHaveLength(7);
    await user.click(within(chips).getByRole("button", { name: /^inkwash/ }));
    expect(within(chips).getByRole("button", { name: /^inkwash/ })).toHaveAttribute("aria-pressed", "true");
    expect(useSessionStore.getState().config.prompt).toBe("a fox, inkwash");
    await user.click(within(chips).getByRole("button", { name: /^inkwash/ }));
    expect(useSessionStore.getState().config.prompt).toBe("a fox");
    await user.keyboard("{Escape}");

    useSessionStore.getState().change({ prompt: "an owl", stages: {} });
    insertOf({ kind: "lora", insert: "ink.safetensors", text: "ink", hint: "" }, 0);
    await user.click(await screen.findByRole("button", { name: "Add it" }));
    expect(useSessionStore.getState().config.prompt).toBe("an owl, inkwash");
  });
});
