/** Pictures that are dropped or pasted anywhere: what they were made with, and what becomes of that. */
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Recipe } from "@/api/types";
import { documentIn, isDocument, withoutNumbersOfPython } from "@/lib/arriving/documents";
import { fleetHas, forEditor, rowsOf, usable } from "@/features/recipes/using";
import { useBroughtStore } from "@/stores/brought";
import { useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

import type { FakeHub } from "./fakeHub";
import { closeBrowser, openBrowser, user, visit } from "./studio";

const file = (kind: Recipe["files"][number]["kind"], name: string, fields: Partial<Recipe["files"][number]> = {}) => ({
  ...{ kind, name, hash: null, strength: null, on_fleet: null, near: [] },
  ...fields,
});

const RECIPE: Recipe = {
  made_with: "Automatic1111",
  version: "v1.10.1",
  settings: {
    ...{ prompt: "a red fox", negative_prompt: "text", seed: 42, width: 512, height: 768, steps: 28 },
    ...{
      cfg_scale: 6.5,
      sampler: "dpmpp_2m",
      scheduler: "karras",
      model_family: "sd15",
      checkpoint: "sd15.safetensors",
    },
    ...{ loras: [{ name: "ink.safetensors", strength_model: 0.8 }] },
  },
  files: [
    file("model", "sd15", { on_fleet: "sd15.safetensors", hash: "6ce0161689" }),
    file("lora", "ink", { on_fleet: "ink.safetensors", strength: 0.8 }),
    file("lora", "watercolor", { near: ["styles/watercolour.safetensors"], strength: 0.5 }),
    file("vae", "unknown.vae"),
  ],
  workflow: null,
  notes: ["Clip skip 2 is not known here."],
};

describe("a recipe", () => {
  test("says how many of its files the fleet has", () => {
    expect(fleetHas(RECIPE)).toBe("your fleet has 2 of 4 files");
    expect(fleetHas({ ...RECIPE, files: RECIPE.files.slice(0, 2) })).toBe("your fleet has all 2 files");
    expect(fleetHas({ ...RECIPE, files: [] })).toBe("");
    const lacking = RECIPE.files.map((file) => ({ ...file, on_fleet: null }));
    expect(fleetHas({ ...RECIPE, files: lacking })).toBe("your fleet has none of its 4 files");
    expect(fleetHas({ ...RECIPE, files: lacking.slice(0, 1) })).toBe("your fleet lacks its file");
  });

  test("is used with the fleet's names, and without what the fleet lacks unless another file is named", () => {
    expect(usable(RECIPE, {})).toMatchObject({
      ...{ prompt: "a red fox", checkpoint: "sd15.safetensors" },
      loras: [{ name: "ink.safetensors", strength_model: 0.8 }],
    });
    const loras = usable(RECIPE, { 1: "", 2: "styles/watercolour.safetensors" })["loras"];
    expect(loras).toEqual([{ name: "styles/watercolour.safetensors", strength_model: 0.5 }]);
    const lacking = { ...RECIPE, files: [file("model", "gone", { near: ["other.safetensors"] })] };
    expect(usable(lacking, {})).not.toHaveProperty("checkpoint");
    expect(usable(lacking, { 0: "other.safetensors" })).toMatchObject({ checkpoint: "other.safetensors" });
  });

  test("becomes settings of the first stage; a value of another type is left out", () => {
    const { prompt, stage } = forEditor({ ...usable(RECIPE, {}), steps: "many", seed: "9007199254740993" });
    expect(prompt).toBe("a red fox");
    expect(stage).toMatchObject({ cfg_scale: 6.5, width: 512, sampler: "dpmpp_2m", seed: "9007199254740993" });
    expect(stage).not.toHaveProperty("steps");
    expect(forEditor({})).toEqual({ prompt: "", negative_prompt: "", stage: { loras: [] } });
  });

  test("is told in rows without what has a place of its own", () => {
    const rows = Object.fromEntries(rowsOf({ ...RECIPE.settings, parameters: { guidance: 3.5 } }));
    expect(rows).toMatchObject({ Size: "512 × 768", "Guidance (CFG)": "6.5", Guidance: "3.5", Seed: "42" });
    expect(Object.keys(rows)).not.toContain("Prompt");
  });
});

describe("a file", () => {
  test("is a document by its type, else by its name", () => {
    expect(isDocument(new File([], "a.json", { type: "application/json" }))).toBe(true);
    expect(isDocument(new File([], "a.JSON"))).toBe(true);
    expect(isDocument(new File([], "notes.txt", { type: "image/png" }))).toBe(false);
    expect(isDocument(new File([], "a.png", { type: "image/png" }))).toBe(false);
  });

  test("is made of a copied text only where that is a workflow or a picture's settings", () => {
    expect(documentIn(' {"3": {}}')?.name).toBe("pasted.json");
    expect(documentIn("a fox\nSteps: 20, Sampler: Euler a, Seed: 1")?.name).toBe("pasted.txt");
    expect(documentIn("{no json}")).toBeNull();
    expect(documentIn("Steps: many")).toBeNull();
  });

  test("may have numbers that only Python knows; words of that name stay", () => {
    const text = withoutNumbersOfPython('{"a": NaN, "b": [-Infinity], "c": "NaN \\" Infinity"}');
    expect(JSON.parse(text)).toEqual({ a: null, b: [null], c: 'NaN " Infinity' });
  });
});

const SAID = "nothing in the file says how the picture was made";
let hub: FakeHub;

describe("in the studio", () => {
  beforeEach(async () => {
    URL.createObjectURL = () => "blob:picture";
    URL.revokeObjectURL = () => undefined;
    hub = openBrowser();
    hub.give("POST /api/recipes", RECIPE);
    await visit();
    await waitFor(() => expect(useSessionStore.getState().flows).not.toBeNull());
  });
  afterEach(closeBrowser);

  const photo = (name = "fox.png") => new File(["x"], name, { type: "image/png" });
  const brought = (files: readonly File[], text = "") => ({
    files,
    types: files.length ? ["Files"] : ["text/plain"],
    getData: (type: string) => (type === "text/plain" ? text : ""),
  });
  const drop = (target: Element, ...files: File[]) => fireEvent.drop(target, { dataTransfer: brought(files) });
  const hold = (file: File, target: Element = document.body) =>
    fireEvent.dragOver(target, { dataTransfer: brought([file]) });
  const sheet = () => screen.findByRole("dialog", { name: /^Made with/ });
  const config = () => useSessionStore.getState().config;

  test("a picture that is dropped shows its recipe; its settings are used and taken back", async () => {
    useSessionStore.getState().change({ prompt: "my own words", stages: { 0: { steps: 9 }, 1: { steps: 30 } } });
    drop(document.body, photo());
    const dialog = await sheet();
    expect(dialog).toHaveAccessibleName("Made with Automatic1111 v1.10.1; your fleet has 2 of 4 files");
    expect(within(dialog).getByText("Clip skip 2 is not known here.")).toBeVisible();
    await user.selectOptions(within(dialog).getByLabelText("Use instead"), "styles/watercolour.safetensors");
    await user.click(within(dialog).getByRole("button", { name: "Use settings" }));
    expect(config()).toMatchObject({ prompt: "a red fox", negative_prompt: "text" });
    expect(config().stages[0]).toMatchObject({ steps: 28, checkpoint: "sd15.safetensors", seed: 42 });
    expect(config().stages[0]?.loras).toHaveLength(2);
    expect(config().stages[1], "later stages stay").toEqual({ steps: 30 });
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(config()).toMatchObject({ prompt: "my own words", stages: { 0: { steps: 9 }, 1: { steps: 30 } } });
    expect(config().stages[0]).toEqual({ steps: 9 });
  });

  test("a picture on the page's own place goes there, whatever is written in it", async () => {
    hub.give("POST /api/artifacts", { artifact_id: "a1", width: 8, height: 8, notes: [], written: null });
    drop(document.querySelector("[data-start-picture]")!, photo());
    await waitFor(() => expect(config().start?.picture).toBe("artifact:a1"));
    expect(hub.bodies("POST /api/recipes")).toEqual([]);
  });

  test("a single picture that tells nothing goes to the page's place, too", async () => {
    hub.refuse("POST /api/recipes", { status: 422, code: "no_recipe", detail: SAID });
    hub.give("POST /api/artifacts", { artifact_id: "a2", width: 8, height: 8, notes: [], written: null });
    fireEvent.paste(document.body, { clipboardData: brought([photo()]) });
    await waitFor(() => expect(config().start?.picture).toBe("artifact:a2"));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("one that is chosen and tells nothing says so, and can still be started from", async () => {
    hub.refuse("POST /api/recipes", { status: 422, code: "no_recipe", detail: SAID });
    hub.give("POST /api/artifacts", { artifact_id: "a3", width: 8, height: 8, notes: [], written: null });
    useBroughtStore.getState().choose(true);
    const files = await screen.findByLabelText("Choose files");
    await waitFor(() => user.upload(files, photo())); // the dialog takes a click a moment after it is there
    const dialog = await screen.findByRole("dialog", { name: "No settings to show" });
    expect(within(dialog).getByRole("alert")).toHaveTextContent("Nothing in the file says how the picture was made");
    await user.click(within(dialog).getByRole("button", { name: "Start from this picture" }));
    await waitFor(() => expect(config().start?.picture).toBe("artifact:a3"));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(config().start).toBeUndefined();
  });

  test("an empty editor takes the words of a picture along that is started from, until Undo", async () => {
    hub.give("POST /api/artifacts", { artifact_id: "a4", width: 8, height: 8, notes: [], written: null });
    drop(document.body, photo());
    await user.click(within(await sheet()).getByRole("button", { name: "Start from this picture" }));
    await waitFor(() => expect(config()).toMatchObject({ prompt: "a red fox", start: { picture: "artifact:a4" } }));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(config()).toMatchObject({ prompt: "", start: undefined });
  });

  test("a file dropped over a dialog that takes none opens nothing, says so, and does not take the browser away", async () => {
    useUiStore.getState().set({ keysShown: true });
    await screen.findByRole("dialog", { name: "Keys" });
    hold(photo());
    expect(screen.getByText("Close what is open first: it cannot be dropped on this")).toBeInTheDocument();
    expect(drop(document.body, photo()), "the browser's own act is prevented").toBe(false);
    expect(await screen.findByText(/^Close what is open over the page first/)).toBeInTheDocument();
    useUiStore.getState().set({ keysShown: false });
    expect(hub.bodies("POST /api/recipes")).toEqual([]);
  });

  test("what is held over the page says what becomes of it, but not over a field that takes it itself", async () => {
    hold(photo());
    expect(screen.getByText(/^Drop it: a picture shows its settings/)).toBeInTheDocument();
    const field = document.createElement("div");
    document.body.append(field);
    field.addEventListener("dragover", (event) => event.preventDefault());
    hold(photo(), field);
    expect(screen.queryByText(/^Drop it/)).toBeNull();
    field.remove();
  });

  test("what was dragged away from this page and is gone keeps nothing else away", async () => {
    fireEvent.dragStart(document.body); // its end is told to nobody
    fireEvent.pointerMove(document.body);
    drop(document.body, photo());
    expect(await sheet()).toBeVisible();
  });

  test("several pictures are listed, the first one is shown", async () => {
    drop(document.body, photo("one.png"), photo("two.png"));
    const dialog = await sheet();
    const [one, two] = within(dialog).getAllByRole("button", { name: /made with Automatic1111/ });
    expect(one).toHaveAttribute("aria-current", "true");
    await user.click(two!);
    expect(within(await sheet()).getByText("two.png")).toBeInTheDocument();
  });

  test("a folder is told from a hub that is away, and keeps no other file from being opened", async () => {
    const folder = new File([], "holiday");
    folder.slice = () => {
      throw new DOMException("it is a folder", "NotFoundError");
    };
    drop(document.body, folder, photo());
    expect(
      await screen.findByText("holiday cannot be read: of a folder, take the files that are in it."),
    ).toBeVisible();
    expect(within(await sheet()).getByText("fox.png")).toBeInTheDocument();
  });

  test("a folder is read with those in it, but for what is of no use and too deep", async () => {
    const deep = folder("a/b/c/d", []);
    const holiday = folder("holiday", [photo("fox.png"), new File([""], "notes.docx"), new File([""], ".hidden.png")]);
    holiday.inside.push(
      folder("more", [photo("owl.png")], "/holiday/more"),
      ...[1, 2, 3, 4, 5].reduce((inner) => [folder("x", [], "/x", inner)], [deep]),
    );
    dropFolders(holiday);
    const dialog = await sheet();
    const names = within(dialog).getAllByRole("button", { name: /made with/ });
    expect(names.map((each) => each.title)).toEqual(["holiday/fox.png", "holiday/more/owl.png"]);
    expect(await screen.findByText(/^Not all of holiday is read: the first 2 files/)).toBeInTheDocument();
  });

  test("a folder with nothing of use says so, and one on the page's place for pictures is a folder all the same", async () => {
    dropFolders(folder("letters", [new File([""], "one.docx")]));
    expect(await screen.findByText("There is no picture and no workflow in letters.")).toBeInTheDocument();
    dropFolders(folder("holiday", [photo()]), document.querySelector("[data-start-picture]")!);
    expect(await sheet()).toBeVisible();
    expect(hub.bodies("POST /api/artifacts")).toEqual([]);
  });

  test("a copied text with settings is a recipe where no field has the focus, else words", async () => {
    const text = "a red fox\nSteps: 28, Sampler: DPM++ 2M, Seed: 42";
    fireEvent.paste(screen.getByLabelText("What do you want to see?"), { clipboardData: brought([], text) });
    fireEvent.paste(document.body, { clipboardData: brought([], text) });
    expect(within(await sheet()).queryByRole("button", { name: "Start from this picture" })).toBeNull();
    expect(hub.bodies("POST /api/recipes")).toHaveLength(1);
  });

  test("text that is dragged here is read like text that is pasted, also on the page's place for pictures", async () => {
    const text = "a red fox\nSteps: 28, Sampler: DPM++ 2M, Seed: 42";
    const place = document.querySelector("[data-start-picture]")!;
    const held = { dataTransfer: brought([], text) };
    expect(fireEvent.dragOver(place, held), "it may be dropped").toBe(false);
    fireEvent.drop(place, held);
    expect(await sheet()).toBeVisible();
    const field = screen.getByLabelText("What do you want to see?", { selector: "textarea" });
    expect(fireEvent.dragOver(field, held), "words go into a field as words").toBe(true);
  });

  test.each([
    ['{"3": {"class_type": "KSampler", "inputs": {"se', /^pasted\.json is no whole JSON: it ends in the middle/],
    ['"inputs": {"seed": 3}}}', /^pasted\.json is no whole JSON: its beginning is missing\.$/],
    ['{"3":\n{"class_type": KSampler, "inputs": {}}}', /^pasted\.json is no whole JSON: (line 2|something in it)/],
    ["a red fox, [a cat:a dog:0.5], {red|blue}", /^Those are words: click into a field/],
  ])("pasted text that is nothing says what is wrong with it: %s", async (text, told) => {
    fireEvent.paste(document.body, { clipboardData: brought([], text) });
    expect(await screen.findByText(told)).toBeInTheDocument();
    expect(hub.asked.filter(({ call }) => /recipes|import/.test(call))).toEqual([]);
  });
});

/** A folder as browsers hand it over, which read it in parts. */
function folder(name: string, files: readonly File[], path = `/${name}`, within: readonly unknown[] = []) {
  const inside: unknown[] = [
    ...files.map((file) => ({
      ...{ isFile: true, isDirectory: false, name: file.name, fullPath: `${path}/${file.name}` },
      file: (done: (file: File) => void) => done(file),
    })),
    ...within,
  ];
  const createReader = () => {
    const parts = [...inside.map((each) => [each]), []];
    return { readEntries: (done: (part: unknown[]) => void) => done(parts.shift() ?? []) };
  };
  return { isFile: false, isDirectory: true, name, fullPath: path, inside, createReader };
}

function dropFolders(given: ReturnType<typeof folder>, target: Element = document.body): void {
  const items = [{ kind: "file", webkitGetAsEntry: () => given }];
  const files = [new File([], given.name)];
  fireEvent.drop(target, { dataTransfer: { items, files, types: ["Files"], getData: () => "" } });
}
