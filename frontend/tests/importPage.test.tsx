/** Workflow files before they are saved: what was found in them, put right, tried and kept. */
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { toast } from "sonner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { ImportPreview } from "@/api/types";
import { boundIn, corrected, openQuestions, suggestedName, valueText } from "@/features/importing/bindings";
import { layoutOf, WIDTH } from "@/features/importing/layout";
import { begun, fitted, zoomed } from "@/features/importing/useDrawingView";
import { useImportStore } from "@/features/importing/importStore";
import { useBroughtStore } from "@/stores/brought";
import { nextOf } from "@/features/importing/useInputKeys";
import { useRecallStore } from "@/stores/recall";

import { drawn, type FakeHub } from "./fakeHub";
import { generationId, makeGeneration, makeSession, SESSION_ID } from "./factories";
import { closeBrowser, load, openBrowser, user, visit } from "./studio";

const node = (id: string, class_type: string, values: Record<string, unknown>, title = "") => ({
  ...{ id, class_type, title, x: 0, y: 0 },
  inputs: Object.entries(values).map(([name, value]) => ({ name, value })),
});

const FOUND: ImportPreview = {
  draft: {},
  ...{ format: "ui", operation: "txt2img", family: "sd15" },
  findings: [
    { parameter: "seed", graph_node_id: "3", input: "seed", value: null, why: "the sampler's seed" },
    { parameter: "prompt", graph_node_id: "6", input: "text", value: "a fox", why: "it leads to positive" },
  ],
  unsure: [
    {
      parameter: "negative_prompt",
      candidates: [{ graph_node_id: "8", input: "text", value: "blurry", why: "it is a text" }],
      say: "No text leads to the negative input.",
    },
  ],
  notes: ["The size was not found."],
  missing_classes: ["FancyNode"],
  public: [],
  drawing: {
    nodes: [
      node("3", "KSampler", { seed: 7, steps: 20 }),
      node("6", "CLIPTextEncode", { text: "a fox" }, "Positive"),
      node("8", "CLIPTextEncode", { text: "blurry" }),
    ],
    links: [
      ["6", "3", "CONDITIONING"],
      ["8", "3", "CONDITIONING"],
    ],
  },
  graph: {},
};

describe("what is bound", () => {
  test("is what was found, in the order of a form, with what was corrected", () => {
    expect(boundIn(FOUND, {}).map(({ parameter }) => parameter)).toEqual(["prompt", "seed"]);
    const [prompt, seed] = boundIn(FOUND, { prompt: "8.text", seed: null });
    expect(prompt).toMatchObject({ corrected: true, places: [{ node: "8", value: "blurry" }] });
    expect(seed).toBeUndefined();
    expect(openQuestions(FOUND, { negative_prompt: null })).toEqual([]);
  });

  test("an input takes one parameter: the other one loses it", () => {
    const now = corrected(boundIn(FOUND, {}), {}, "negative_prompt", "6.text");
    expect(now).toEqual({ prompt: null, negative_prompt: "6.text" });
    expect(corrected(boundIn(FOUND, {}), {}, "prompt", null)).toEqual({ prompt: null });
  });

  test("a name is what the hub takes", () => {
    expect(suggestedName("My Flow (v2).json")).toBe("my_flow_v2");
    expect(suggestedName("_Ünï.json")).toBe("u_ni");
    expect(suggestedName("…")).toBe("imported");
    expect(valueText("  ")).toBe("empty");
    expect(valueText(18446744073709551615)).toBe("about 1.84e+19");
  });
});

describe("the drawing", () => {
  test("stays as its author laid it out unless nodes would overlap", () => {
    const apart = FOUND.drawing.nodes.map((each, index) => ({ ...each, x: index * 500, y: 40 }));
    const kept = layoutOf({ ...FOUND.drawing, nodes: apart }, new Set());
    expect(kept.boxes.map(({ x }) => x)).toEqual([0, 500, 1000]);
    const laid = layoutOf(FOUND.drawing, new Set());
    const [sampler, one, other] = laid.boxes;
    expect(sampler!.x).toBeGreaterThanOrEqual(one!.x + WIDTH);
    expect(one!.x).toBe(other!.x);
    expect(other!.y).toBeGreaterThanOrEqual(one!.y + one!.height);
    expect(laid.wires).toHaveLength(2);
  });

  test("gives its author's places more room where nodes would overlap, and leaves those that are lost in it", () => {
    const placed = (factor: number) =>
      layoutOf(
        { ...FOUND.drawing, nodes: FOUND.drawing.nodes.map((each, index) => ({ ...each, x: index * factor, y: 0 })) },
        new Set(),
      ).boxes.map(({ x }) => x);
    expect(placed(210)).toEqual([0, 252, 504]);
    const [, one, other] = placed(90_000);
    expect(one, "columns").toBe(other);
  });

  test("is gone through by the arrow keys, along columns and from one to the next", () => {
    const { boxes } = layoutOf(FOUND.drawing, new Set());
    const sorted = boxes.toSorted((one, other) => one.x - other.x || one.y - other.y);
    const from = (bind: string, ...pressed: string[]) =>
      pressed.reduce((now, key) => nextOf(sorted, now, key) ?? "nothing", bind);
    expect(from("6.text", "ArrowDown", "ArrowDown")).toBe("3.seed");
    expect(from("6.text", "ArrowUp")).toBe("6.text");
    expect(from("6.text", "End", "ArrowDown")).toBe("3.steps");
    expect(from("3.steps", "ArrowLeft")).toBe("8.text");
    expect(from("3.steps", "Home", "ArrowRight")).toBe("8.text");
    expect(from("6.text", "x")).toBe("nothing");
  });

  test("of a ring, of a link to nobody and of nothing can be drawn", () => {
    const ring: ImportPreview["drawing"] = {
      ...FOUND.drawing,
      links: [
        ["3", "6", "A"],
        ["6", "3", "B"],
        ["99", "3", "C"],
        ["8", "8", "D"],
      ],
    };
    expect(layoutOf(ring, new Set()).boxes).toHaveLength(3);
    expect(layoutOf({ nodes: [], links: [] }, new Set()).bounds).toMatchObject({ width: 1 });
  });

  test("shows an input that was found whatever its place among many", () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`v${index}`, index]));
    const [box] = layoutOf({ nodes: [node("1", "Many", many)], links: [] }, new Set(["1.v29"])).boxes;
    expect(box!.rows).toHaveLength(10);
    expect(box!.rows.some(({ bind }) => bind === "1.v29")).toBe(true);
    expect(box!.more).toBe(20);
  });

  test("fits into its frame, and is zoomed around a point that stays", () => {
    const view = fitted({ x: -100, y: 50, width: 1000, height: 400 }, 532, 400);
    expect(view.scale).toBe(0.5);
    expect(-100 * view.scale + view.x).toBe(16);
    const large = { x: 0, y: 0, width: 9000, height: 400 };
    const begins = begun(large, { x: 4000, y: 200 }, 400, 300);
    expect(4000 * begins.scale + begins.x, "what matters most is in the middle").toBeCloseTo(200);
    expect(begun(large, null, 400, 300)).toEqual(fitted(large, 400, 300));
    const near = zoomed(view, 2, 100, 100);
    expect((100 - near.x) / near.scale).toBeCloseTo((100 - view.x) / view.scale);
  });
});

let hub: FakeHub;

describe("in the studio", () => {
  beforeEach(async () => {
    hub = openBrowser();
    hub.give("POST /api/workflows/import/preview", FOUND);
    await visit();
  });
  afterEach(closeBrowser);

  const GRAPH = '{"3": {"class_type": "KSampler", "inputs": {"seed": 18446744073709551615}}}';
  const json = (name: string, text = GRAPH) => new File([text], name, { type: "application/json" });
  const drop = (...files: File[]) =>
    fireEvent.drop(document.body, { dataTransfer: { files, types: ["Files"], getData: () => "" } });
  const previews = () => hub.bodies("POST /api/workflows/import/preview");
  const row = (parameter: string) => document.querySelector<HTMLElement>(`[data-parameter="${parameter}"]`)!;

  /** Nothing but what the browser keeps is there afterwards. */
  const reload = async (hash = "#/import") => {
    cleanup();
    toast.dismiss();
    useBroughtStore.setState({ pictures: [], workflows: [], choosing: false });
    useImportStore.setState({ byKey: {}, shown: null });
    history.replaceState(null, "", hash);
    await load();
  };

  test("a question is answered, an input corrected in the drawing or in the list, and the workflow saved", async () => {
    drop(json("My flow.json"));
    expect(await screen.findByText("The size was not found.")).toBeVisible();
    expect(screen.getByText(/FancyNode/)).toBeVisible();
    expect(previews()[0]).toMatchObject({ name: "my_flow" });
    await user.click(screen.getByRole("button", { name: /it is a text/ }));
    expect(row("negative_prompt")).toHaveTextContent("CLIPTextEncode 8, text: “blurry”");
    await waitFor(() => expect(previews().at(-1)).toMatchObject({ bindings: { negative_prompt: "8.text" } }));

    await user.click(screen.getByRole("button", { name: "Another input for Seed" }));
    fireEvent.click(document.querySelector('[data-input="3.steps"]')!);
    expect(row("seed")).toHaveTextContent("KSampler 3, steps: 20");
    await user.click(screen.getByRole("button", { name: "Another input for Seed" }));
    await user.click(
      within(screen.getByRole("list", { name: "Graph nodes" }))
        .getByText("seed")
        .closest("button")!,
    );
    expect(row("seed")).toHaveTextContent("KSampler 3, seed: 7");

    await user.click(screen.getByRole("button", { name: "No input for Prompt" }));
    expect(row("prompt")).toBeNull();
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(row("prompt")).toHaveTextContent("“a fox”");

    hub.give("POST /api/workflows/import", {});
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/is saved\. It is among/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "To the workbench" }));
    expect(useRecallStore.getState().workflow).toBe("my_flow");
    expect(hub.bodies("POST /api/workflows/import")[0]).toMatchObject({
      name: "my_flow",
      bindings: { negative_prompt: "8.text", seed: "3.seed" },
    });
  });

  test("an input is chosen in the drawing by keyboard, and that taken back", async () => {
    drop(json("flow.json"));
    const button = await screen.findByRole("button", { name: "Another input for Seed" });
    button.focus();
    await user.keyboard("{Enter}");
    expect(screen.getByRole("button", { name: "KSampler 3, seed: 7, takes Seed" })).toHaveFocus();
    expect(screen.getByRole("group", { name: /^Inputs that can take Seed/ })).toBeInTheDocument();
    await user.keyboard("{ArrowDown}");
    expect(screen.getByRole("button", { name: "KSampler 3, steps: 20" })).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(row("seed")).toHaveTextContent("KSampler 3, steps: 20");
    expect(screen.getByRole("button", { name: "Another input for Seed" }), "goes on where it began").toHaveFocus();
    await user.click(screen.getByRole("button", { name: "Undo the last correction" }));
    expect(row("seed")).toHaveTextContent("KSampler 3, seed: 7");
    expect(screen.queryByRole("button", { name: "Undo the last correction" })).toBeNull();

    screen.getByRole("button", { name: "Another input for Prompt" }).focus();
    await user.keyboard("{Enter}{ArrowDown}{Escape}");
    expect(screen.getByRole("button", { name: "Another input for Prompt" })).toHaveFocus();
    expect(row("prompt")).toHaveTextContent("“a fox”");
  });

  test("what its author chose for people is told apart, and a value inside an object can be chosen", async () => {
    const stack = node("9", "Stack", { "lora_1.strength": 0.7, "lora_1.on": true });
    const drawing = { ...FOUND.drawing, nodes: [...FOUND.drawing.nodes, stack] };
    const shown = [{ graph_node_id: "3", input: "seed", title: "Seed" }];
    hub.give("POST /api/workflows/import/preview", { ...FOUND, drawing, public: shown });
    drop(json("flow.json"));
    expect(await screen.findByText(/App Mode: 1 input chosen by its author/)).toBeVisible();
    const heading = screen.getByRole("heading", { name: "Chosen by the author, as in App Mode" });
    expect(heading.nextElementSibling).toHaveTextContent(/^Seed/);
    await user.click(screen.getByRole("button", { name: "Another input for Seed" }));
    fireEvent.click(document.querySelector('[data-input="9.lora_1.strength"]')!);
    await waitFor(() => expect(previews().at(-1)).toMatchObject({ bindings: { seed: "9.lora_1.strength" } }));
  });

  test("a refusal keeps the page as it was, and a try shows its picture", async () => {
    drop(json("flow.json"));
    await screen.findByText("The size was not found.");
    hub.refuse("POST /api/workflows/import", { status: 409, code: "workflow_exists", detail: "flow is already there" });
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Flow is already there");
    expect(row("prompt")).toBeVisible();
    await user.type(screen.getByLabelText("Name"), "_2");
    expect(screen.queryByRole("alert"), "it was said of another name").toBeNull();
    hub.elsewhere.set(generationId(4), drawn(4));
    hub.give("POST /api/workflows/import/test", { batch_id: "b", generation_id: generationId(4) });
    await user.click(screen.getByRole("button", { name: "Try it: one picture" }));
    expect(await screen.findByRole("img", { name: "The picture of the test" })).toBeVisible();
  });

  test("a try shows its steps while it is drawn, and can be stopped", async () => {
    const picture = makeGeneration({ id: generationId(5) });
    hub.sessions.set(SESSION_ID, makeSession({ generations: [picture] }));
    hub.elsewhere.set(picture.id, picture);
    hub.give("POST /api/workflows/import/test", { batch_id: picture.batch_id, generation_id: picture.id });
    drop(json("flow.json"));
    await user.click(await screen.findByRole("button", { name: "Try it: one picture" }));
    expect(await screen.findByText("Waiting for a machine …")).toBeVisible();
    await waitFor(() => expect(hub.sockets.size).toBe(1));
    await waitFor(() => {
      hub.draw(picture, "cellar", 3, 12);
      expect(screen.getByText(/^Step 3 of 12/)).toBeVisible();
    });
    expect(screen.getByRole("progressbar", { name: "Progress of the test" })).toHaveAttribute("aria-valuenow", "25");
    expect(document.querySelector(`[data-preview="${picture.id}"]`)).toBeInTheDocument();
    const call = `POST /api/generations/${picture.id}/cancel`;
    hub.give(call, {});
    await user.click(screen.getByRole("button", { name: "Stop the test" }));
    expect(hub.bodies(call)).toHaveLength(1);
    hub.elsewhere.set(picture.id, { ...picture, status: "cancelled" });
    expect(await screen.findByText("The test was stopped: no picture was drawn.")).toBeVisible();
    await waitFor(() => expect(hub.sockets.size, "nothing is heard of it any more").toBe(0));
  });

  test("several files are a table; those without a question are saved together", async () => {
    hub.give("POST /api/workflows/import/preview", { ...FOUND, unsure: [], missing_classes: [] });
    hub.give("POST /api/workflows/import", {});
    drop(json("one.json"), json("two.json"));
    await user.click(await screen.findByRole("button", { name: "Save 2 workflows" }));
    expect(await screen.findByText("Saved as two")).toBeVisible();
    expect(hub.bodies("POST /api/workflows/import").map(({ name }) => name)).toEqual(["one", "two"]);
    await user.click(screen.getByRole("button", { name: "Look at one.json" }));
    expect(await screen.findByRole("img", { name: /^Drawing of 3 graph nodes/ })).toBeInTheDocument();
  });

  test("what is not saved stays over a reload with what was corrected, until it is discarded", async () => {
    drop(json("My flow.json"));
    await user.click(await screen.findByRole("button", { name: "No input for Prompt" }));
    await user.type(screen.getByLabelText("Name"), "_2");
    const before = previews().length;
    await reload();
    expect(await screen.findByText("The size was not found.")).toBeVisible();
    expect(row("prompt")).toBeNull();
    expect(screen.getByLabelText("Name")).toHaveValue("my_flow_2");
    expect(previews().slice(before)).toMatchObject([{ name: "my_flow_2", bindings: { prompt: null } }]);

    await user.click(screen.getByRole("button", { name: "Discard" }));
    expect(await screen.findByText(/^Drop a ComfyUI workflow here/)).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(row("prompt"), "as it was").toBeNull();
    await user.click(screen.getByRole("button", { name: "Discard" }));
    await reload();
    expect(await screen.findByText(/^Drop a ComfyUI workflow here/)).toBeVisible();
  });

  test("several come back as a table; those that are saved do not, and the open dialog leads to them", async () => {
    hub.give("POST /api/workflows/import", {});
    drop(json("one.json"), json("one.json"), json("three.json"));
    await user.click(await screen.findByRole("button", { name: "Look at three.json" }));
    await user.click(await screen.findByRole("button", { name: "Save" }));
    expect(await screen.findByText(/is saved\. It is among/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "All 3 files" }));
    expect(screen.getByText("Saved as three")).toBeVisible();
    await reload("#/");
    useBroughtStore.getState().choose(true);
    await user.click(await screen.findByRole("button", { name: "Go on with 2 workflows that are not saved yet" }));
    expect(await screen.findAllByRole("rowheader", { name: "one.json" })).toHaveLength(2);
    expect(Object.values(useImportStore.getState().byKey).map(({ name }) => name)).toEqual(["one", "one_2"]);
    await user.click(screen.getByRole("button", { name: "Discard all that are not saved" }));
    await reload();
    expect(await screen.findByText(/^Drop a ComfyUI workflow here/)).toBeVisible();
  });

  test("a file that is broken or much too large is told, and the others are opened all the same", async () => {
    const large = json("large.json", `{"text": "${"a".repeat(4 * 1024 * 1024)}"}`);
    drop(json("one.json"), json("broken.json", "{"), large, json("two.json"));
    expect(
      await screen.findByText(/^broken\.json is no whole JSON: .* large\.json is larger than 4 MiB/),
    ).toBeVisible();
    expect(await screen.findByRole("rowheader", { name: "one.json" })).toBeVisible();
    expect(screen.getAllByRole("rowheader").map((each) => each.textContent)).toEqual(["one.json", "two.json"]);
  });

  test("a file that the hub cannot read says why, and is asked about again", async () => {
    const detail = "it is no workflow of ComfyUI";
    hub.refuse("POST /api/workflows/import/preview", { status: 422, code: "invalid_workflow", detail });
    drop(json("notes.json", "[1]"));
    expect(await screen.findByRole("alert")).toHaveTextContent("It is no workflow of ComfyUI");
    hub.accept("POST /api/workflows/import/preview");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("The size was not found.")).toBeVisible();
  });
});
