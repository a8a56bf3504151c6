import { render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Generation } from "@/api/types";
import { Viewer } from "@/features/viewer/Viewer";
import { moment } from "@/lib/format";
import { useGpuStore } from "@/stores/gpuStore";
import { useSessionStore } from "@/stores/sessionStore";

import { generationId, makeImage, MOMENT, SESSION_ID } from "./factories";
import { drawn, type FakeHub } from "./fakeHub";
import { closeBrowser, marks, openBrowser, tile, user, visitSession } from "./studio";

let hub: FakeHub;

beforeEach(() => {
  hub = openBrowser();
});
afterEach(closeBrowser);

const press = (keys: string) => user.keyboard(keys);
const button = (name: string | RegExp) => screen.getByRole("button", { name });
const title = () => screen.getByRole("dialog").getAttribute("aria-labelledby") ?? "";
const shown = () => document.getElementById(title())?.textContent;

/** Three drafts of a session, one of them on the whole screen. */
async function look(number = 1, fields: Partial<Generation> = {}): Promise<void> {
  await visitSession(hub, { generations: [1, 2, 3].map((index) => drawn(index, index === number ? fields : {})) });
  tile(number).focus();
  await press("{Enter}");
  expect(shown()).toBe(`${number} of 3`);
}

describe("a picture on the whole screen", () => {
  test("tells what it cost, and that it cannot be drawn again", async () => {
    await look(2, { cost_usd: 0.02, reproducible: false });
    expect(screen.getByText("Cost").nextElementSibling).toHaveTextContent("$0.02");
    expect(screen.getByText(/^Cannot be drawn again/)).toBeVisible();
  });

  test("tells what it differs in from the others of its batch, and an ordinary one nothing", async () => {
    await look(2, { varied: { steps: 30, "wording:cat": "dog" } });
    expect(screen.getByText("differs: steps 30, dog instead of cat")).toBeVisible();
    await press("{ArrowRight}");
    expect(screen.queryByText(/^differs/)).toBeNull();
  });

  test("tells what it was made of, by which node and how fast", async () => {
    await look(2, {
      ...{
        prompt: "a lighthouse <b>at dusk</b>",
        negative_prompt: "blurry",
        seed: 4711,
        gpu_id: "cellar",
        steps: 12,
        cfg_scale: 6.5,
      },
      ...{ checkpoint: "sd15/dreamy.safetensors", completed_at: MOMENT, generation_time_ms: 4200 },
      loras: [{ name: "ink.safetensors", strength_model: 0.8, strength_clip: 0.8 }],
    });
    const list = document.querySelector("dl") as HTMLElement;
    const rows = [...list.querySelectorAll("dt")].map((term) => [
      term.textContent,
      term.nextElementSibling?.textContent,
    ]);
    expect(rows).toEqual([
      ["Seed", "4711"],
      ["Node", "Cellar 4090"],
      ["Took", "4.2 s"],
      ["Size", "512×512"],
      ["Family", "sd15"],
      ["Checkpoint", "dreamy"],
      ["LoRAs", "ink 0.8"],
      ["Steps", "12"],
      ["CFG", "6.5"],
      ["Workflow", "sd15_txt2img"],
      ["Drawn", moment(MOMENT)],
    ]);
    expect(screen.queryByText(/^Cannot be drawn again/)).toBeNull();
    expect(screen.getByText("a lighthouse <b>at dusk</b>")).toBeVisible();
    expect(screen.getByText("Without: blurry")).toBeVisible();
    expect(screen.getByRole("link", { name: "Download PNG" })).toHaveAttribute("download", "vibes-4711.png");
    expect(button("ComfyUI graph")).toHaveAttribute("title", expect.stringContaining("the PNG opens there"));
    await user.click(button("Details"));
    expect(screen.queryByText("Without: blurry")).toBeNull();
  });

  test("that is a video is saved as one, and nobody is told to open it in ComfyUI", async () => {
    await look(2, { seed: 4711, media_type: "video/webm" });
    expect(screen.getByRole("link", { name: "Download WEBM" })).toHaveAttribute("download", "vibes-4711.webm");
    expect(button("ComfyUI graph")).toHaveAttribute("title", "In ComfyUI's API format");
  });

  test("goes to the next and the one before, by key and by button, and no further than the ends", async () => {
    await look(1);
    expect(screen.queryByRole("button", { name: "Previous picture" })).toBeNull();
    await press("{ArrowRight}");
    expect(shown()).toBe("2 of 3");
    await user.click(button("Next picture"));
    expect(shown()).toBe("3 of 3");
    expect(screen.queryByRole("button", { name: "Next picture" })).toBeNull();
    await press("{ArrowRight}");
    expect(shown()).toBe("3 of 3");
    await press("{ArrowLeft}");
    expect(shown()).toBe("2 of 3");
    expect(screen.getByAltText("a lighthouse in the fog")).toHaveAttribute("src", `/api/images/s/${generationId(2)}`);
  });

  test("is kept by Space and rejected by X, each going on; what was kept before stays kept", async () => {
    await look(1);
    await press(" ");
    expect(shown()).toBe("2 of 3");
    await press("x");
    expect(shown()).toBe("3 of 3");
    expect(marks()).toEqual({ [generationId(1)]: "selected", [generationId(2)]: "rejected" });
    await press("{ArrowLeft}{ArrowLeft} ");
    expect(shown()).toBe("2 of 3");
    expect(marks()).toEqual({ [generationId(1)]: "selected", [generationId(2)]: "rejected" });
    await press(" ");
    expect(marks()).toEqual({ [generationId(1)]: "selected", [generationId(2)]: "selected" });
    await press(" ");
    expect(shown()).toBe("3 of 3");
    expect(marks()).toHaveProperty(generationId(3), "selected");
  });

  test("is picked by its button, and un-picked by it", async () => {
    await look(3);
    await user.click(button("✓ Pick"));
    expect(button("✓ Picked")).toHaveAttribute("aria-pressed", "true");
    await user.click(button("✓ Picked"));
    expect(marks()).toEqual({});
    await user.click(button("✕ Reject"));
    expect(marks()).toEqual({ [generationId(3)]: "rejected" });
  });

  test("is rated by a star and by a digit, and the same again takes it away", async () => {
    await look(2);
    await user.click(button("Rate 4 of 5"));
    await screen.findByRole("group", { name: "Rated 4 of 5" });
    await press("2");
    await screen.findByRole("group", { name: "Rated 2 of 5" });
    await press("2");
    await screen.findByRole("group", { name: "Not rated" });
    expect(hub.bodies(`POST /api/generations/${generationId(2)}/rate`)).toEqual([
      ...[{ rating: 4 }, { rating: 2 }, { rating: null }],
    ]);
  });

  test("is starred by its button and by S, and the hub and the tile know", async () => {
    await look(2);
    await user.click(button("Star"));
    expect(await screen.findByRole("button", { name: "Starred" })).toHaveAttribute("aria-pressed", "true");
    screen.getByRole("dialog").focus();
    await press("s");
    expect(await screen.findByRole("button", { name: "Star" })).toBeVisible();
    expect(hub.bodies(`POST /api/generations/${generationId(2)}/star`)).toEqual([
      { starred: true },
      { starred: false },
    ]);
    await press("s");
    expect(await screen.findByLabelText("Picture 2, complete, starred")).toBeInTheDocument();
  });

  test("has the keyboard while it is open, and Escape gives it to the tile of the one that was shown last", async () => {
    await look(1);
    expect(screen.getByRole("dialog")).toHaveFocus();
    await press("{ArrowRight}{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    await waitFor(() => expect(tile(2)).toHaveFocus());
    await press(" ");
    expect(marks()).toEqual({ [generationId(2)]: "selected" });
  });

  test("lists what else its workflow saved, each file with its kind, number and own name", async () => {
    const at = (end: string) => `/api/images/s/${generationId(2)}${end}`;
    const images = [
      makeImage({ url: at("") }),
      makeImage({ index: 1, url: at("/1") }),
      makeImage({ index: 2, url: at("/2"), media_type: "video/webm" }),
    ];
    await look(2, { seed: 4711, images });
    const links = within(
      screen.getByRole("heading", { name: "Also saved" }).nextElementSibling as HTMLElement,
    ).getAllByRole("link");
    expect(links.map((link) => [link.getAttribute("aria-label"), link.getAttribute("download")])).toEqual([
      ["Download PNG, file 2", "vibes-4711-2.png"],
      ["Download WEBM, file 3", "vibes-4711-3.webm"],
    ]);
    expect(links.map((link) => link.getAttribute("href"))).toEqual([at("/1"), at("/2")]);
    expect(links.map((link) => link.querySelector("img")?.getAttribute("src"))).toEqual([
      at("/1/thumb"),
      at("/2/thumb"),
    ]);
    await press("{ArrowRight}");
    expect(screen.queryByRole("heading", { name: "Also saved" })).toBeNull();
    expect(hub.asked.filter(({ call }) => call.startsWith("GET /api/generations/"))).toEqual([]);
  });

  test("that was seen being completed is asked for its files, which no event lists", async () => {
    const url = `/api/images/s/${generationId(2)}`;
    hub.elsewhere.set(
      generationId(2),
      drawn(2, { images: [makeImage({ url }), makeImage({ index: 1, url: `${url}/1` })] }),
    );
    await look(2, { images: [] });
    expect(await screen.findByRole("link", { name: "Download PNG, file 2" })).toHaveAttribute("href", `${url}/1`);
  });

  test("of the gallery is not judged", async () => {
    const close = vi.fn();
    const all = [drawn(1), drawn(2)] as const;
    render(<Viewer generation={all[0]} all={all} culling={false} onClose={close} />);
    expect(screen.queryByRole("button", { name: /Pick|Reject/ })).toBeNull();
    await press(" x");
    expect(marks()).toEqual({});
    expect(shown()).toBe("1 of 2");
    await user.click(button("Close"));
    expect(close).toHaveBeenCalledOnce();
  });
});

describe("the seed", () => {
  const copied = vi.fn<(text: string) => Promise<void>>();

  beforeEach(() => {
    copied.mockReset().mockResolvedValue();
    vi.spyOn(navigator, "clipboard", "get").mockReturnValue({ writeText: copied } as unknown as Clipboard);
  });

  test("is copied, which is said", async () => {
    await look(1, { seed: 4711 });
    await user.click(button("Copy seed"));
    expect(copied).toHaveBeenCalledExactlyOnceWith("4711");
    expect(await screen.findByText("Seed 4711 copied")).toBeInTheDocument();
  });

  test("of 64 bits is shown and copied as it is", async () => {
    await look(1, { seed: "18446744073709551615" });
    expect(screen.getByText("18446744073709551615")).toBeVisible();
    await user.click(button("Copy seed"));
    expect(copied).toHaveBeenCalledExactlyOnceWith("18446744073709551615");
  });

  test("is copied on a page that came over plain http, where browsers have the older way alone", async () => {
    vi.spyOn(navigator, "clipboard", "get").mockReturnValue(undefined as unknown as Clipboard);
    const setData = vi.fn<(type: string, text: string) => void>();
    document.execCommand = (command) =>
      document.dispatchEvent(Object.assign(new Event(command), { clipboardData: { setData } }));
    try {
      await look(1, { seed: 4713 });
      await user.click(button("Copy seed"));
      expect(await screen.findByText("Seed 4713 copied")).toBeInTheDocument();
      expect(setData).toHaveBeenCalledExactlyOnceWith("text/plain", "4713");
      expect(document.querySelector("pre")).toBeNull();
    } finally {
      Reflect.deleteProperty(document, "execCommand"); // jsdom has none
    }
  });

  test("is told where the browser does not allow copying", async () => {
    copied.mockRejectedValue(new Error("denied"));
    await look(1, { seed: 4712 });
    await user.click(button("Copy seed"));
    expect(await screen.findByText("The browser does not allow copying; the seed is 4712")).toBeInTheDocument();
  });
});

describe("the lineage", () => {
  const draft = drawn(1);
  const refined = drawn(2, { stage: 1, parent_id: draft.id, denoise_strength: 0.55 });
  const polished = drawn(3, { stage: 2, parent_id: refined.id });
  const final = drawn(4, { stage: 3, parent_id: polished.id });
  const steps = () =>
    within(screen.getByRole("heading", { name: "Lineage" }).nextElementSibling as HTMLElement).getAllByRole("button");
  const picture = (element: HTMLElement | undefined) => element?.querySelector("img")?.getAttribute("src");

  test("leads from the draft to the final picture, and each step can be looked at; unknown parents are asked for", async () => {
    hub.elsewhere.set(draft.id, draft).set(refined.id, refined);
    await visitSession(hub, { current_stage: 3, generations: [polished, final] });
    await user.click(screen.getByLabelText("Look at it full-screen"));
    await waitFor(() =>
      expect(steps().map(picture)).toEqual([1, 2, 3, 4].map((index) => `/api/images/s/${generationId(index)}/thumb`)),
    );
    expect(hub.asked.filter(({ call }) => call.startsWith("GET /api/generations/")).map(({ call }) => call)).toEqual([
      `GET /api/generations/${refined.id}`,
      `GET /api/generations/${draft.id}`,
    ]);
    expect(button("Step 4 of 4")).toHaveAttribute("aria-current", "true");
    await user.click(button("Step 2 of 4"));
    expect(shown()).toBe("Picture"); // not among those of this stage
    expect(screen.getByText("Strength").nextElementSibling).toHaveTextContent("0.55");
    await waitFor(() => expect(steps()).toHaveLength(2));
    expect(button("Step 2 of 2")).toHaveAttribute("aria-current", "true");
  });

  test("of a draft is none, and one whose draft is deleted begins after it", async () => {
    await visitSession(hub, { current_stage: 2, generations: [refined, polished] });
    await user.click(screen.getByLabelText("Look at it full-screen"));
    await waitFor(() => expect(steps().map(picture)).toEqual([refined, polished].map((each) => each.thumbnail_url)));
    await user.click(button("Step 1 of 2"));
    await waitFor(() => expect(screen.queryByRole("heading", { name: "Lineage" })).toBeNull());
  });
});

describe("using its settings", () => {
  const made = {
    ...{ prompt: "a red boat", negative_prompt: "blurry", seed: 77, steps: 33, width: 640, height: 384, cfg_scale: 5 },
    loras: [{ name: "ink.safetensors", strength_model: 0.5, strength_clip: 0.5 }],
  };

  test("fills the editor of the open session, from where they are drawn with", async () => {
    await look(2, made);
    await user.click(button("Use these settings"));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByLabelText("What do you want to see?")).toHaveValue("a red boat");
    expect(screen.getByLabelText("Negative prompt")).toHaveValue("blurry");
    expect(screen.getByText("sd15 · 640×384 · 33 steps · 1 LoRA · seed 77")).toBeVisible();
    await user.click(button("Draw 20 more drafts"));
    await waitFor(() => expect(hub.bodies("POST /api/generate/batch")).toHaveLength(1));
    const loras = [{ name: "ink.safetensors", strength_model: 0.5 }];
    expect(hub.bodies("POST /api/generate/batch")[0]).toMatchObject({ ...made, loras, session_id: SESSION_ID });
  });

  test("of one that was made from another keeps that one, and says what it takes before anything is drawn", async () => {
    await visitSession(hub, {
      current_stage: 1,
      generations: [drawn(1), drawn(2, { ...made, stage: 1, parent_id: generationId(1), denoise_strength: 0.5 })],
    });
    hub.elsewhere.set(generationId(1), drawn(1));
    tile(1).focus();
    await press("{Enter}");
    await user.click(await screen.findByRole("button", { name: "Use these settings" }));
    expect(screen.getByText("Starts from this picture")).toBeVisible();
    expect(await screen.findByText(/12–15 s/)).toBeVisible();
    expect(hub.bodies("POST /api/generate/batch")).toEqual([]);
    await user.click(button("Draw 8 more refined pictures"));
    await waitFor(() => expect(hub.bodies("POST /api/generate/batch")).toHaveLength(1));
    expect(hub.bodies("POST /api/generate/batch")[0]).toMatchObject({ from: [generationId(1)], stage: 1, seed: 77 });
    await user.click(button("Do not start from this picture"));
    expect(screen.queryByText("Starts from this picture")).toBeNull();
  });

  test("of another session begins a new one, without what the open one has set", async () => {
    useSessionStore.setState({ flows: hub.flows });
    useGpuStore.setState({ gpus: hub.gpus });
    const { open, changeStage } = useSessionStore.getState();
    open(SESSION_ID);
    changeStage(1, { steps: 99 });
    location.hash = "#/gallery";
    const picture = drawn(5, { ...made, session_id: "another", stage: 2 });
    render(<Viewer generation={picture} all={[picture]} culling={false} onClose={() => undefined} />);
    await user.click(button("Use these settings"));
    expect(location.hash).toBe("#/");
    const { sessionId, config } = useSessionStore.getState();
    expect(sessionId).toBeNull();
    expect(config).toMatchObject({ prompt: "a red boat", negative_prompt: "blurry" });
    expect(Object.keys(config.stages)).toEqual(["0"]);
    expect(config.stages[0]).toMatchObject({ seed: 77, steps: 33, width: 640, height: 384 });
  });

  test("of an upscaled picture are those of the one that it was made from", async () => {
    await visitSession(hub, {
      current_stage: 3,
      generations: [
        drawn(1, { ...made, stage: 3 }),
        drawn(2, { stage: 3, parent_id: generationId(1), task_type: "upscale", model_family: "any", prompt: "" }),
      ],
    });
    tile(2).focus();
    await press("{Enter}");
    await screen.findByRole("button", { name: "Step 2 of 2" });
    await user.click(button("Use these settings"));
    expect(useSessionStore.getState().config).toMatchObject({ prompt: "a red boat", stages: { 3: { seed: 77 } } });
  });

  test("of a picture of the open session leads from the gallery back into it", async () => {
    useSessionStore.getState().open(SESSION_ID);
    location.hash = "#/gallery";
    const picture = drawn(5, made);
    render(<Viewer generation={picture} all={[picture]} culling={false} onClose={() => undefined} />);
    await user.click(button("Use these settings"));
    expect(location.hash).toBe(`#/session/${SESSION_ID}`);
    expect(useSessionStore.getState().config.prompt).toBe("a red boat");
  });
});

describe("comparing", () => {
  test("puts two pictures under a slider, where either is picked or un-picked, and Escape closes", async () => {
    await visitSession(hub, { generations: [1, 2, 3].map((index) => drawn(index)) });
    tile(3).focus();
    await press("c");
    const dialog = within(await screen.findByRole("dialog", { name: /^A: .* B: / }));
    await waitFor(() => expect(dialog.getByRole("slider")).toHaveFocus());
    expect(dialog.getByAltText("Picture A")).toHaveAttribute("src", `/api/images/s/${generationId(3)}`);
    expect(dialog.getByAltText("Picture B")).toHaveAttribute("src", `/api/images/s/${generationId(1)}`);
    await user.click(dialog.getByRole("button", { name: "Pick A" }));
    await user.click(dialog.getByRole("button", { name: "Pick B" }));
    expect(marks()).toEqual({ [generationId(3)]: "selected", [generationId(1)]: "selected" });
    await user.click(dialog.getByRole("button", { name: "✓ A is picked" }));
    expect(marks()).toEqual({ [generationId(1)]: "selected" });
    await press("{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    await waitFor(() => expect(tile(3)).toHaveFocus());
    expect(tile(1)).toHaveAccessibleName("Picture 1, complete, selected");
  });

  test("begins in the viewer as well: with the picture that it was made from", async () => {
    const refined = drawn(9, { stage: 1, parent_id: generationId(2) });
    await visitSession(hub, { current_stage: 1, generations: [drawn(1), drawn(2), refined, drawn(10, { stage: 1 })] });
    tile(1).focus();
    await press("{Enter}");
    await user.click(button("Compare"));
    const dialog = within(await screen.findByRole("dialog", { name: /^A: .* B: / }));
    expect(dialog.getByAltText("Picture A")).toHaveAttribute("src", `/api/images/s/${generationId(2)}`);
    expect(dialog.getByAltText("Picture B")).toHaveAttribute("src", `/api/images/s/${generationId(9)}`);
  });

  test("needs two finished pictures, and says so", async () => {
    await visitSession(hub, { generations: [drawn(1), drawn(2, { status: "queued", image_url: null })] });
    tile(1).focus();
    await press("c");
    expect(await screen.findByText("Two finished pictures are needed to compare")).toBeInTheDocument();
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});
