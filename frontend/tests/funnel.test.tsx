import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { KEYS } from "@/lib/keys";
import { useBoardStore } from "@/stores/boardStore";
import { useGenerationStore } from "@/stores/generationStore";

import { generationId, SESSION_ID } from "./factories";
import { drawn, type FakeHub } from "./fakeHub";
import { closeBrowser, marks, openBrowser, tile, tiles, user, visit, visitSession } from "./studio";

const BATCH = "POST /api/generate/batch";
const ESTIMATE = "POST /api/generate/estimate";
const SESSION = `/api/sessions/${SESSION_ID}`;

const DRAFTS = {
  ...{ model_family: "sd15", task_type: "draft", width: 512, height: 512, steps: 10, count: 20 },
  ...{ negative_prompt: "", stage: 0, from: [], loras: [], parameters: {}, session_id: SESSION_ID },
};
const REFINED = {
  ...{
    model_family: "sdxl",
    task_type: "standard",
    side: 1024, // of the shape of its draft
    steps: 25,
    count: 8,
    denoise_strength: 0.55,
  },
  ...{ negative_prompt: "", stage: 1, loras: [], parameters: {}, session_id: SESSION_ID },
};

let hub: FakeHub;

beforeEach(() => {
  hub = openBrowser();
});
afterEach(closeBrowser);

const press = (keys: string) => user.keyboard(keys);
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const drafts = (count: number) => Array.from({ length: count }, (_, index) => drawn(index + 1));
const ids = (...numbers: number[]) => numbers.map(generationId);
const stageShown = () =>
  within(screen.getByRole("navigation", { name: "Stages" })).getByRole("button", { current: "step" });

async function generate(prompt: string): Promise<void> {
  await user.click(await visit());
  await user.paste(prompt);
  await user.click(await screen.findByRole("button", { name: "Generate 20 drafts" }));
}

describe("a newcomer", () => {
  test("types a sentence and gets a session with a batch of twenty", async () => {
    await user.type(await visit(), "a lighthouse at dusk");
    await user.click(await screen.findByRole("button", { name: "Generate 20 drafts" }));
    expect(await screen.findAllByLabelText(/^Picture \d+, queued$/)).toHaveLength(20);
    expect(hub.bodies("POST /api/sessions")).toEqual([
      {
        flow_type: "draft_grid",
        config: expect.objectContaining({ preset: "classic", prompt: "a lighthouse at dusk" }),
      },
    ]);
    expect(hub.bodies(BATCH)).toEqual([{ ...DRAFTS, prompt: "a lighthouse at dusk" }]);
    expect(location.hash).toBe(`#/session/${SESSION_ID}`);
  });

  test("cannot send an empty sentence, by button or by key", async () => {
    const prompt = await visit();
    expect(await screen.findByRole("button", { name: "Generate 20 drafts" })).toBeDisabled();
    await user.type(prompt, "   {Control>}{Enter}{/Control}");
    expect(button("Generate 20 drafts")).toBeDisabled();
    expect(hub.bodies(BATCH)).toEqual([]);
    await user.type(prompt, "fog{Control>}{Enter}{/Control}");
    await waitFor(() => expect(hub.bodies(BATCH)).toHaveLength(1));
  });

  test("sees the three flows, and may take another preset and say what to keep out", async () => {
    const prompt = await visit();
    expect(within(screen.getByRole("list", { name: "Flows" })).getAllByRole("button")).toHaveLength(2);
    await user.click(await screen.findByRole("radio", { name: /^One model: 20/ }));
    await user.type(prompt, "fog");
    await user.click(screen.getByText("What to keep out"));
    await user.type(screen.getByRole("textbox", { name: "Negative prompt" }), "blurry");
    await user.click(button("Generate 20 drafts"));
    await screen.findByLabelText("Picture 20, queued");
    const body = { ...DRAFTS, prompt: "fog", negative_prompt: "blurry", model_family: "z-image", steps: 8 };
    expect(hub.bodies(BATCH)).toEqual([body]);
  });

  test("reads a refusal beside its field, and gets the session once the sentence is mended", async () => {
    const errors = [{ field: "prompt", message: "Too long by 12 characters." }];
    hub.refuse(BATCH, { status: 422, code: "invalid_parameters", detail: "The request does not fit.", errors });
    await generate("fog");
    const prompt = await screen.findByRole("textbox", {
      name: "What do you want to see?",
      description: "Too long by 12 characters.",
    });
    expect(prompt).toBeInvalid();
    expect(screen.queryByRole("alert")).toBeNull();
    hub.accept(BATCH);
    await user.type(prompt, "gy");
    await user.click(button("Generate 20 drafts"));
    expect(await screen.findByLabelText("Picture 20, queued")).toBeVisible();
    expect(hub.bodies("POST /api/sessions")).toHaveLength(1);
    expect(screen.getByLabelText("What do you want to see?")).toBeValid();
  });

  test("reads what has no field of its own under the form", async () => {
    hub.refuse(BATCH, { status: 503, code: "disk_full", detail: "The disk of the hub is full." });
    await generate("fog");
    expect(await screen.findByRole("alert")).toHaveTextContent("The disk of the hub is full.");
  });
});

describe("hostile text", () => {
  const hostile = [
    ["markup", `<img src=x onerror=alert(1)><script>alert(2)</script>`],
    ["right to left", "\u202Eمنارة في الضباب\u202C"],
    ["emoji", "👩‍👩‍👧‍👦🏳️‍🌈 fog 🗼"],
    ["100 kB", "fog & <b>light</b> ".repeat(5700)],
  ] as const;

  test.each(hostile)("of the kind %s is sent as it is, shown as text, and creates no element", async (_, text) => {
    await generate(text);
    await screen.findByLabelText("Picture 20, queued");
    expect(hub.bodies(BATCH)[0]?.["prompt"]).toBe(text);
    await user.click(button("Draw 20 more drafts")); // two batches: each is headed by its prompt
    await waitFor(() => expect(tiles()).toHaveLength(40));
    const [first, second] = hub.stage(0);
    if (!first || !second) throw new Error("the hub has no drafts");
    hub.complete(first);
    hub.fail(second, text);
    const section = screen.getAllByRole("region", { name: /^Drafts, asked for/ })[1];
    expect(section?.querySelector("p")).toHaveTextContent(text.slice(0, 200).trim(), { normalizeWhitespace: true });
    expect(document.querySelector(`[data-generation="${second.id}"]`)?.textContent).toContain(text);
    await user.click(document.querySelector(`[data-generation="${first.id}"] [aria-label^=Look]`) as HTMLElement);
    expect(
      within(await screen.findByRole("dialog")).getByRole("heading", { name: "Prompt" }).nextSibling?.textContent,
    ).toBe(text);
    expect(document.querySelectorAll("[onerror], body script, body b, [src=x]")).toHaveLength(0);
    const prompt = screen.getByLabelText("What do you want to see?");
    expect(prompt).toHaveValue(text);
    expect(prompt).toHaveAttribute("dir", "auto");
  });
});

describe("a tile", () => {
  test("waits, is drawn with a ring on a GPU with a name, and becomes the picture", async () => {
    await visitSession(hub, {
      generations: [
        drawn(1, { status: "queued", gpu_id: null, image_url: null, waiting_for: "the models are loading" }),
      ],
    });
    const [picture] = hub.stage(0);
    if (!picture) throw new Error("the hub has no draft");
    expect(tile(1)).toHaveTextContent("Waiting");
    expect(screen.getByText("Waits: the models are loading")).toBeVisible();
    act(() => useGenerationStore.getState().replace([{ ...picture, waiting_code: "turn" }]));
    expect(screen.queryByText("Waits: the models are loading"), "its turn comes by itself").toBeNull();
    hub.draw(picture, "cellar", 4, 10);
    expect(within(tile(1)).getByRole("progressbar", { name: "Progress on Cellar 4090" })).toHaveAttribute(
      "aria-valuenow",
      "40",
    );
    expect(tile(1)).toHaveTextContent("Cellar 4090");
    expect(screen.getByRole("progressbar", { name: "0 of 1 drafts" })).toHaveAttribute("aria-valuenow", "0");
    hub.complete(picture);
    expect(tile(1)).toHaveAccessibleName("Picture 1, complete");
    expect(tile(1).querySelector("img")).toHaveAttribute("src", `/api/images/s/${picture.id}/thumb`);
    expect(screen.queryByRole("progressbar")).toBeNull();
  });

  test("that failed says why, and is tried again on demand", async () => {
    await visitSession(hub, { generations: [drawn(1, { status: "generating", image_url: null }), drawn(2)] });
    const [picture] = hub.stage(0);
    if (!picture) throw new Error("the hub has no draft");
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
    hub.fail(picture, "out of memory");
    expect(tile(1)).toHaveTextContent("Failedout of memory");
    await user.click(button("Try again"));
    expect(await screen.findByLabelText("Picture 1, queued")).toHaveTextContent("Waiting");
    expect(hub.bodies(`POST /api/generations/${picture.id}/retry`)).toEqual([{}]);
  });

  test("is starred by a click, which the hub keeps", async () => {
    await visitSession(hub, { generations: drafts(2) });
    await user.click(screen.getAllByLabelText("Star")[1] as HTMLElement);
    expect(await screen.findByLabelText("Picture 2, complete, starred")).toBeVisible();
    expect(hub.bodies(`POST /api/generations/${generationId(2)}/star`)).toEqual([{ starred: true }]);
  });
});

describe("picking", () => {
  test("is a click, and a click again takes it back; rejecting is another button", async () => {
    await visitSession(hub, { generations: drafts(3) });
    await user.click(tile(2));
    expect(tile(2)).toHaveAccessibleName("Picture 2, complete, selected");
    expect(tile(2)).toHaveAttribute("aria-pressed", "true");
    await user.click(tile(2));
    expect(tile(2)).toHaveAccessibleName("Picture 2, complete");
    await user.click(screen.getAllByLabelText("Reject")[1] as HTMLElement);
    expect(tile(2)).toHaveAccessibleName("Picture 2, complete, rejected");
    await user.click(tile(1));
    expect(marks()).toEqual({ [generationId(1)]: "selected", [generationId(2)]: "rejected" });
    await waitFor(() => expect(hub.sessions.get(SESSION_ID)?.config["marks"]).toEqual(marks()));
  });

  test("never waits for the queue: what is not drawn yet can be picked, and counts once it is there", async () => {
    const waiting = { status: "queued", image_url: null } as const;
    await visitSession(hub, { generations: [drawn(1, waiting), drawn(2, waiting), drawn(3)] });
    await user.click(tile(1));
    expect(tile(1)).toHaveAccessibleName("Picture 1, queued, selected");
    expect(screen.getByText("1 pick still being drawn.")).toBeVisible();
    const [first] = hub.stage(0);
    if (first) hub.complete(first);
    expect(button("Refine 1 selected → 8")).toBeEnabled();
    expect(tile(2)).toHaveAccessibleName("Picture 2, queued");
  });
});

type GridKey = {
  [Name in keyof typeof KEYS]: (typeof KEYS)[Name]["where"] extends "Grid" ? Name : never;
}[keyof typeof KEYS];

test("a click with Shift picks all from the one that was picked last, as one step of undo", async () => {
  await culling(1);
  await user.click(tile(2));
  fireEvent.click(tile(5), { shiftKey: true });
  expect(Object.keys(marks())).toEqual([2, 3, 4, 5].map(generationId));
  fireEvent.click(tile(4), { shiftKey: true }); // nothing new lies between
  expect(Object.keys(marks())).toHaveLength(4);
  await press("z");
  expect(marks()).toEqual({ [generationId(2)]: "selected" });
});

/** A story for each key of the table, so that a new key wants a new story. */
const STORIES: Record<GridKey, () => Promise<void>> = {
  right: async () => {
    await culling();
    await press("{ArrowRight}");
    expect(tile(1)).toHaveFocus();
    await press("{ArrowRight}{ArrowRight}");
    expect(tile(3)).toHaveFocus();
  },
  left: async () => {
    await culling(3);
    await press("{ArrowLeft}");
    expect(tile(2)).toHaveFocus();
    await press("{ArrowLeft}{ArrowLeft}{ArrowLeft}");
    expect(tile(1)).toHaveFocus();
  },
  down: async () => {
    await culling(2);
    await press("{ArrowDown}");
    expect(tile(6)).toHaveFocus();
    await press("{ArrowDown}"); // the last row is shorter: its last one
    expect(tile(9)).toHaveFocus();
  },
  up: async () => {
    await culling(7);
    await press("{ArrowUp}");
    expect(tile(3)).toHaveFocus();
    await press("{ArrowUp}");
    expect(tile(3)).toHaveFocus();
  },
  select: async () => {
    await culling(2);
    await press(" ");
    expect(marks()).toEqual({ [generationId(2)]: "selected" });
    await press(" ");
    expect(marks()).toEqual({});
  },
  extendRight: async () => {
    await culling(2);
    await press("{Shift>}{ArrowRight}{ArrowRight}{/Shift}");
    expect(tile(4)).toHaveFocus();
    expect(Object.keys(marks())).toEqual([2, 3, 4].map(generationId));
  },
  extendLeft: async () => {
    await culling(3);
    await press("{Shift>}{ArrowLeft}{/Shift}");
    expect(marks()).toEqual({ [generationId(2)]: "selected", [generationId(3)]: "selected" });
  },
  extendDown: async () => {
    await culling(2);
    await press("{Shift>}{ArrowDown}{/Shift}");
    expect(Object.keys(marks())).toEqual([2, 3, 4, 5, 6].map(generationId));
    await press("z");
    expect(marks()).toEqual({});
  },
  extendUp: async () => {
    await culling(6);
    await press("{Shift>}{ArrowUp}{/Shift}");
    expect(Object.keys(marks())).toEqual([2, 3, 4, 5, 6].map(generationId));
  },
  board: async () => {
    await culling(2);
    await press("b");
    expect(useBoardStore.getState().dialog).toEqual({ what: "put", ids: [generationId(2)] });
    act(() => useBoardStore.getState().close());
  },
  reject: async () => {
    await culling(2);
    await press("x");
    expect(tile(2)).toHaveAccessibleName("Picture 2, complete, rejected");
    await press("x");
    expect(marks()).toEqual({});
  },
  undo: async () => {
    await culling(2);
    await press(" {ArrowRight}x");
    await press("z");
    expect(marks()).toEqual({ [generationId(2)]: "selected" });
    await press("z");
    expect(marks()).toEqual({});
    await press("z");
    expect(await screen.findByText("Nothing to take back")).toBeInTheDocument();
  },
  star: async () => {
    await culling(2);
    await press("s");
    expect(await screen.findByLabelText("Picture 2, complete, starred")).toBeVisible();
  },
  open: async () => {
    await culling(2);
    await press("{Enter}");
    expect(
      within(screen.getByRole("dialog", { name: "2 of 9" })).getByAltText("a lighthouse in the fog"),
    ).toBeVisible();
    expect(marks()).toEqual({});
  },
  compare: async () => {
    await culling(2);
    await press(" {ArrowRight} {ArrowRight}c");
    const sides = within(await screen.findByRole("dialog", { name: /^A: .* B: / }));
    expect(sides.getByAltText("Picture A")).toHaveAttribute("src", expect.stringContaining(generationId(4)));
    expect(sides.getByAltText("Picture B")).toHaveAttribute("src", expect.stringContaining(generationId(3)));
  },
  generate: async () => {
    await culling(2);
    await press("g");
    await waitFor(() => expect(hub.bodies(BATCH)).toEqual([{ ...DRAFTS, prompt: "a lighthouse in the fog" }]));
    await waitFor(() => expect(tiles()).toHaveLength(29));
    await press(" gg"); // on with what is picked, and once
    await waitFor(() => expect(stageShown()).toHaveTextContent(/^Refined/));
    expect(hub.bodies(BATCH).slice(1)).toEqual([{ ...REFINED, prompt: "a lighthouse in the fog", from: ids(2) }]);
  },
  stage1: () => goesTo("1", "Drafts", 0, 1),
  stage2: () => goesTo("2", "Refined", 1, 0),
  stage3: () => goesTo("3", "Polished", 2, 0),
  stage4: () => goesTo("4", "Final", 3, 0),
};

/** Nine drafts, of which this one has the keyboard. */
async function culling(number?: number): Promise<void> {
  await visitSession(hub, { generations: drafts(9) });
  if (number) tile(number).focus();
}

async function goesTo(key: string, name: string, stage: number, from: number): Promise<void> {
  const generations = [0, 1, 2, 3].map((each) => drawn(each + 1, { stage: each }));
  await visitSession(hub, { generations, current_stage: from });
  await press(key);
  await waitFor(() => expect(stageShown()).toHaveTextContent(name));
  expect(hub.bodies(`PATCH ${SESSION}`)).toContainEqual({ current_stage: stage });
}

describe("the keys of the grid", () => {
  const grid = (Object.keys(STORIES) as GridKey[]).map(
    (name) => [KEYS[name].shown, KEYS[name].does, STORIES[name]] as const,
  );

  test.each(grid)("%s: %s", (_, __, story) => story());

  test("do nothing while somebody types in the prompt", async () => {
    await culling(2);
    const prompt = screen.getByLabelText("What do you want to see?");
    await user.click(prompt);
    await press(" xzcgs1234{ArrowLeft}{ArrowUp}{Enter}");
    expect(prompt).toHaveValue("a lighthouse in the fog xzcgs123\n4");
    expect(marks()).toEqual({});
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(hub.bodies(BATCH)).toEqual([]);
  });

  test("leave the browser its own: Ctrl+C compares nothing, Ctrl+Z takes nothing back", async () => {
    await culling(2);
    await press(" {Control>}cz{/Control}");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(marks()).toEqual({ [generationId(2)]: "selected" });
  });

  test("do not act behind the settings", async () => {
    await culling(2);
    await user.click(button("Settings"));
    (await screen.findByRole("tab", { name: "Refined" })).focus(); // no field, which would keep every key
    await press("xg{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(marks()).toEqual({});
    expect(hub.bodies(BATCH)).toEqual([]);
    tile(2).focus();
    await press("x");
    expect(marks()).toEqual({ [generationId(2)]: "rejected" });
  });

  test("to a stage without pictures lead nowhere", async () => {
    await culling(2);
    await press("34");
    expect(stageShown()).toHaveTextContent(/^Drafts/);
    expect(hub.bodies(`PATCH ${SESSION}`)).toEqual([]);
  });

  test("tell a refusal of G beside its field, as the button does", async () => {
    await culling(2);
    const errors = [{ field: "prompt", message: "Too long." }];
    hub.refuse(BATCH, { status: 422, code: "invalid_parameters", detail: "The request does not fit.", errors });
    await press("g");
    expect(await screen.findByRole("textbox", { description: "Too long." })).toBeInvalid();
  });
});

describe("going on", () => {
  async function pickFive(): Promise<void> {
    for (const number of [1, 3, 5, 7, 20]) await user.click(tile(number));
  }

  test("shows pictures, seconds and GPUs before it is pressed, then sends the picks and advances", async () => {
    await visitSession(hub, { generations: drafts(20) });
    await pickFive();
    await user.click(screen.getAllByLabelText("Reject")[1] as HTMLElement);
    const refine = button("Refine 5 selected → 8");
    expect(await screen.findByText((_, element) => element?.hasAttribute("data-estimate") ?? false)).toHaveTextContent(
      "8 pictures · 12–15 s · Cellar 4090 ×6, Attic 3060 ×2",
    );
    const body = { ...REFINED, prompt: "a lighthouse in the fog", from: ids(1, 3, 5, 7, 20) };
    expect(hub.bodies(ESTIMATE).at(-1)).toEqual(body);
    expect(hub.bodies(BATCH)).toEqual([]);
    await user.click(refine);
    await waitFor(() => expect(stageShown()).toHaveTextContent("Refined0/8"));
    expect(hub.bodies(BATCH)).toEqual([body]);
    expect(hub.bodies(`POST ${SESSION}/advance`)).toEqual([{ selected: ids(1, 3, 5, 7, 20), rejected: ids(2) }]);
    expect(tiles()).toHaveLength(8);
  });

  test("asks once, however often it is pressed while the hub thinks", async () => {
    await visitSession(hub, { generations: drafts(2) });
    const answer = hub.hold(BATCH);
    await user.click(tile(1));
    await user.dblClick(button("Refine 1 selected → 8"));
    await press("gg");
    expect(button("Sending…")).toBeDisabled();
    expect(hub.bodies(BATCH)).toHaveLength(1);
    answer();
    await waitFor(() => expect(stageShown()).toHaveTextContent("Refined"));
    expect(hub.bodies(BATCH)).toHaveLength(1);
  });

  test("starts while drafts still run, which go on", async () => {
    const waiting = { status: "queued", image_url: null } as const;
    await visitSession(hub, { generations: [drawn(1), drawn(2, waiting), drawn(3, waiting)] });
    await user.click(tile(1));
    await user.click(button("Refine 1 selected → 8"));
    await waitFor(() => expect(stageShown()).toHaveTextContent("Refined0/8"));
    expect(screen.getByRole("progressbar", { name: "1 of 3 drafts" })).toBeVisible();
    const second = hub.stage(0)[1];
    if (second) hub.complete(second);
    expect(screen.getByRole("progressbar", { name: "2 of 3 drafts" })).toBeVisible();
  });

  test("is not offered where the hub says that it cannot be, and why", async () => {
    hub.refuse(ESTIMATE, { status: 409, code: "no_capable_node", detail: "No node has an SDXL checkpoint." });
    await visitSession(hub, { generations: drafts(2) });
    await user.click(tile(1));
    expect(await screen.findByRole("alert")).toHaveTextContent("No node has an SDXL checkpoint.");
    expect(button("Refine 1 selected → 8")).toBeDisabled();
  });

  test("says what it would wait for", async () => {
    hub.estimate = { ...hub.estimate, eta_seconds: null, eta_range_seconds: null, waiting_for: "every node is paused" };
    await visitSession(hub, { generations: drafts(2) });
    await user.click(tile(1));
    expect(await screen.findByText("every node is paused")).toBeVisible();
    expect(button("Refine 1 selected → 8")).toBeEnabled();
  });

  test("can be gone back from: the hub is told, the drafts and picks are there, and more can be drawn", async () => {
    const marks = { [generationId(1)]: "selected" };
    const config = { preset: "classic", prompt: "fog", negative_prompt: "", stages: {}, marks };
    await visitSession(hub, {
      config,
      current_stage: 1,
      generations: [...drafts(4), drawn(9, { stage: 1, parent_id: generationId(1) })],
    });
    expect(tiles()).toHaveLength(1);
    await user.click(button(/^Drafts/));
    await waitFor(() => expect(tiles()).toHaveLength(4));
    expect(hub.bodies(`PATCH ${SESSION}`)).toContainEqual({ current_stage: 0 });
    expect(tile(1)).toHaveAccessibleName("Picture 1, complete, selected");
    expect(button(/^Refined/)).toBeEnabled();
    expect(button(/^Polished/)).toBeDisabled();
    await user.click(button("Draw 20 more drafts"));
    await waitFor(() => expect(tiles()).toHaveLength(24));
    expect(hub.bodies(BATCH)).toEqual([{ ...DRAFTS, prompt: "fog" }]);
    expect(hub.bodies(`POST ${SESSION}/advance`)).toEqual([]);
  });

  test("draws more of a later stage from the same picks", async () => {
    const generations = [...drafts(3), drawn(9, { stage: 1, parent_id: generationId(2), batch_id: "refined" })];
    await visitSession(hub, { current_stage: 1, generations });
    await user.click(button("Draw 8 more refined pictures"));
    await waitFor(() => expect(tiles()).toHaveLength(9));
    expect(hub.bodies(BATCH)).toEqual([{ ...REFINED, prompt: "a lighthouse in the fog", from: ids(2) }]);
  });

  test("ends with a picture to download, or to draw larger", async () => {
    await visitSession(hub, { current_stage: 3, generations: [drawn(1), drawn(2, { stage: 3 })] });
    expect(screen.getByRole("link", { name: "Download" })).toHaveAttribute("href", `/api/images/s/${generationId(2)}`);
    await user.click(button("Upscale ×4"));
    const body = { session_id: SESSION_ID, task_type: "upscale", from: ids(2), stage: 3, count: 1 };
    await waitFor(() => expect(tiles()).toHaveLength(2));
    expect(hub.bodies(BATCH)).toEqual([body]);
  });

  test("says which of several final pictures is meant", async () => {
    await visitSession(hub, { current_stage: 3, generations: [drawn(1, { stage: 3 }), drawn(2, { stage: 3 })] });
    expect(screen.getByText(/the first of 2: pick another to take it$/)).toBeVisible();
    await user.click(tile(2));
    expect(await screen.findByText(/the one that you picked$/)).toBeVisible();
    expect(screen.getByRole("link", { name: "Download" })).toHaveAttribute("href", `/api/images/s/${generationId(2)}`);
  });
});

describe("the settings", () => {
  const drawer = async () => {
    await user.click(button("Settings"));
    return within(await screen.findByRole("dialog", { name: "Settings" }));
  };
  const sent = async () => {
    await press("{Escape}");
    const before = hub.bodies(BATCH).length;
    await user.click(button(/^(Generate|Draw) \d/));
    await waitFor(() => expect(hub.bodies(BATCH)).toHaveLength(before + 1));
    return hub.bodies(BATCH).at(-1);
  };
  const PROMPT = { ...DRAFTS, prompt: "a lighthouse in the fog" };

  test("of steps, seed and a LoRA are in the next request, and the way back to the preset clears them", async () => {
    await visitSession(hub, { generations: drafts(2) });
    const form = await drawer();
    await user.type(form.getByLabelText("Steps"), "30");
    await user.type(form.getByLabelText("Seed"), "7");
    await user.type(form.getByRole("searchbox", { name: "Search LoRAs" }), "WATER");
    await user.click(await form.findByRole("button", { name: /^watercolour.*1 node/ }));
    expect(form.getByRole("slider", { name: "Strength of watercolour" })).toHaveValue("1");
    const loras = [{ name: "styles/watercolour.safetensors", strength_model: 1 }];
    expect(await sent()).toEqual({ ...PROMPT, steps: 30, seed: 7, loras });
    expect(screen.getByText(/30 steps · 1 LoRA · seed 7/)).toBeVisible();
    await waitFor(() =>
      expect(hub.sessions.get(SESSION_ID)?.config["stages"]).toEqual({ 0: { steps: 30, seed: 7, loras } }),
    );
    const again = await drawer();
    await user.clear(again.getByLabelText("Seed"));
    await user.type(again.getByLabelText("Seed"), "18446744073709551616");
    expect(again.getByText("From 0 to 18446744073709551615")).toBeVisible();
    await user.type(again.getByLabelText("Seed"), "{Backspace}5");
    expect(await sent()).toEqual({ ...PROMPT, steps: 30, seed: "18446744073709551615", loras });
    await user.click((await drawer()).getByRole("button", { name: "Back to the preset (Drafts)" }));
    expect(screen.getByLabelText("Steps")).toHaveValue(null);
    expect(await sent()).toEqual(PROMPT);
  });

  test("emptied again follow the preset", async () => {
    await visitSession(hub, { generations: drafts(2) });
    const form = await drawer();
    await user.type(form.getByLabelText("Pictures"), "4");
    expect(form.getByLabelText("Pictures")).toHaveValue(4);
    await user.clear(form.getByLabelText("Pictures"));
    expect(await sent()).toEqual(PROMPT);
  });

  test("of another family leave the LoRAs of the old one behind and take the other workflow's parameters", async () => {
    const stages = { 0: { loras: [{ name: "ink.safetensors", strength_model: 0.8 }] } };
    await visitSession(hub, {
      config: { preset: "classic", prompt: "a lighthouse in the fog", stages },
      generations: drafts(2),
    });
    const form = await drawer();
    expect(await form.findByText("More from the workflow sd15_txt2img")).toBeVisible();
    await user.selectOptions(form.getByLabelText("Model family"), "sdxl");
    expect(await form.findByText("More from the workflow sdxl_txt2img")).toBeVisible();
    expect(form.queryByLabelText("Clip skip")).toBeNull();
    expect(await sent()).toEqual({ ...PROMPT, model_family: "sdxl" });
  });

  test("out of the workflow's manifest are shown with their defaults and sent where they were changed", async () => {
    await visitSession(hub, { generations: drafts(2) });
    const form = await drawer();
    await user.click(await form.findByText("More from the workflow sd15_txt2img"));
    const skip = form.getByRole("spinbutton", { name: "Clip skip", description: "Layers left out." });
    expect(skip).toHaveAttribute("placeholder", "1");
    await user.type(skip, "2");
    await user.type(form.getByLabelText("Cfg scale"), "5.5");
    await user.click(form.getByRole("checkbox", { name: "Hires" }));
    expect(await sent()).toEqual({ ...PROMPT, cfg_scale: 5.5, parameters: { clip_skip: 2, hires: true } });
    await user.clear(await (await drawer()).findByLabelText("Cfg scale"));
    await user.clear(screen.getByLabelText("Clip skip"));
    expect(await sent()).toEqual({ ...PROMPT, parameters: { hires: true } });
  });

  test("of a later stage are kept for it and change nothing now", async () => {
    await visitSession(hub, { generations: drafts(2) });
    const form = await drawer();
    act(() => form.getByRole("tab", { name: "Drafts" }).focus());
    await user.keyboard("{ArrowRight}");
    expect(form.getByRole("tab", { name: "Refined" })).toHaveFocus();
    await user.type(form.getByLabelText("Strength"), "0.7");
    await press("{Escape}");
    await user.click(tile(1));
    await user.click(button("Refine 1 selected → 8"));
    const body = { ...REFINED, prompt: "a lighthouse in the fog", from: ids(1), denoise_strength: 0.7 };
    await waitFor(() => expect(hub.bodies(BATCH)).toEqual([body]));
    await waitFor(() => expect(stageShown()).toHaveTextContent("Refined"));
  });

  test("that the hub would refuse are told beside their fields before anything is sent", async () => {
    const errors = [
      { field: "steps", message: "At most 150." },
      { field: "parameters.clip_skip", message: "At most 12." },
    ];
    hub.refuse(ESTIMATE, { status: 422, code: "invalid_parameters", detail: "2 fields do not fit.", errors });
    await visitSession(hub, { generations: drafts(2) });
    const form = await drawer();
    expect(await form.findByRole("spinbutton", { name: "Steps", description: "At most 150." })).toBeInvalid();
    await user.click(await form.findByText("More from the workflow sd15_txt2img"));
    expect(form.getByRole("spinbutton", { name: "Clip skip", description: "At most 12." })).toBeInvalid();
    expect(form.getByLabelText("Seed")).toBeValid();
    expect(hub.bodies(BATCH)).toEqual([]);
  });
});

describe("what was stopped while it was refined", () => {
  test("leaves no dead end: it is drawn after all, or the way leads back", async () => {
    const stopped = [3, 4].map((index) =>
      drawn(index, { status: "cancelled", stage: 1, image_url: null, thumbnail_url: null }),
    );
    await visitSession(hub, { current_stage: 1, generations: [drawn(1), ...stopped] });
    expect(screen.getByText("2 of 2 pictures stopped.")).toBeVisible();
    await user.click(button("Draw the other 2"));
    await waitFor(() => expect(hub.asked.filter(({ call }) => call.endsWith("/retry"))).toHaveLength(2));
    await waitFor(() => expect(screen.queryByText("2 of 2 pictures stopped.")).toBeNull());
  });

  test("counts neither what was stopped as drawn nor what failed as a picture while another is drawn", async () => {
    const none = { stage: 1, image_url: null, thumbnail_url: null };
    await visitSession(hub, {
      current_stage: 1,
      generations: [
        drawn(1, { stage: 1 }),
        drawn(2, { ...none, status: "queued" }),
        drawn(3, { ...none, status: "failed" }),
        drawn(4, { ...none, status: "cancelled" }),
        drawn(5, { ...none, status: "cancelled" }),
      ],
    });
    expect(screen.getByText(/^1 of 3 refined · 1 failed/)).toBeVisible();
  });

  test("lets a person go back to what was picked", async () => {
    const stopped = drawn(3, { status: "cancelled", stage: 1, image_url: null, thumbnail_url: null });
    await visitSession(hub, { current_stage: 1, generations: [drawn(1), stopped] });
    await user.click(button("Back to drafts"));
    await waitFor(() => expect(hub.sessions.get(SESSION_ID)?.current_stage).toBe(0));
  });
});

describe("a picture that waits for its model", () => {
  test("says which model is read, over the picture that it is made from", async () => {
    const loading = { stage: 1, parent_id: generationId(1), status: "generating", gpu_id: "attic" } as const;
    const model = { model_family: "sdxl", checkpoint: "sd_xl_base_1.0.safetensors" };
    await visitSession(hub, {
      current_stage: 1,
      generations: [drawn(1), drawn(2, { ...loading, ...model, loading: model.checkpoint })],
    });
    expect(screen.getByText("Loading SDXL…")).toBeVisible();
    expect(tile(1).querySelector("img")).toHaveAttribute("src", drawn(1).thumbnail_url);
  });
});
