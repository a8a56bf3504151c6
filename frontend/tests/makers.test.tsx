/** What can be begun with any picture, and a picture of one's own to start from. */
import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { bodyFor } from "@/actions/batchRequest";
import { startFrom } from "@/actions/startFrom";
import { strengthInWords } from "@/lib/strength";
import { useGenerationStore } from "@/stores/generationStore";
import { usePaintingStore } from "@/stores/paintingStore";
import { configOf, useSessionStore } from "@/stores/sessionStore";
import { startPictureOf } from "@/stores/startPicture";

import { generationId, makeSession } from "./factories";
import { drawn, type FakeHub } from "./fakeHub";
import { closeBrowser, openBrowser, tile, user, visit, visitSession } from "./studio";

let hub: FakeHub;

beforeEach(() => {
  hub = openBrowser();
});
afterEach(() => {
  usePaintingStore.getState().close();
  closeBrowser();
});

const BATCH = "POST /api/generate/batch";
const asked = () => hub.bodies(BATCH).at(-1);

/** The first of some pictures, on the whole screen. */
async function look(): Promise<void> {
  const painted = { seed: 7, steps: 12, cfg_scale: 6.5, checkpoint: "dreamy.safetensors", prompt: "a lighthouse" };
  const loras = [{ name: "ink.safetensors", strength_model: 0.8, strength_clip: 0.5 }];
  const parameters = { sampler: "dpmpp_2m", scheduler: "karras", mask_grow: 4 };
  await visitSession(hub, { generations: [drawn(1, { ...painted, loras, parameters }), drawn(2)] });
  tile(1).focus();
  await user.keyboard("{Enter}");
}

const press = async (name: string) => user.click(await screen.findByRole("button", { name }));

describe("a picture in the viewer", () => {
  test("is varied as it was drawn, from another seed, and the viewer makes room", async () => {
    await look();
    await press("Vary strongly");
    await screen.findByText("4 strong variations are asked for");
    await screen.findByRole("button", { name: "Show" }); // they are above what somebody has scrolled to
    expect(asked()).toMatchObject({
      ...{ from: [generationId(1)], denoise_strength: 0.7, count: 4, steps: 12, cfg_scale: 6.5, side: 512, stage: 0 },
      ...{ checkpoint: "dreamy.safetensors", sampler: "dpmpp_2m", scheduler: "karras", prompt: "a lighthouse" },
      loras: [{ name: "ink.safetensors", strength_model: 0.8, strength_clip: 0.5 }],
    });
    expect(asked()).not.toHaveProperty("seed");
    expect(asked(), "nothing may be spent where nobody allowed it").not.toHaveProperty("max_cost_usd");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getAllByLabelText(/^Picture \d/).length).toBeGreaterThan(2);
  });

  test("says in words why it cannot be, and stays", async () => {
    await look();
    const detail = "no workflow does img2img for dall-e; it can txt2img";
    hub.refuse(BATCH, { status: 422, code: "no_workflow", detail });
    await press("Vary subtly");
    await screen.findByText(detail);
    expect(screen.getByRole("dialog")).toBeVisible();
  });

  test("is explored from in a session of that flow, which knows where it began", async () => {
    await look();
    await press("Explore from here");
    const [made] = hub.bodies("POST /api/sessions");
    expect(made).toMatchObject({ flow_type: "explorer", config: { explorer: { start: generationId(1) } } });
  });

  test("opens the painter over it", async () => {
    await look();
    await press("Edit");
    expect(usePaintingStore.getState().painting).toMatchObject({ picture: `generation:${generationId(1)}` });
  });
});

describe("a picture of another session", () => {
  const elsewhere = "00000000-0000-4000-8000-00000000e15e";
  const enlarged = {
    session_id: elsewhere,
    task_type: "upscale",
    model_family: "any",
    width: 2048,
    height: 2048,
  } as const;

  test("that was enlarged is varied as the one was drawn that it came from, within that one's size", async () => {
    await look();
    hub.sessions.set(elsewhere, makeSession({ id: elsewhere, generations: [] }));
    hub.elsewhere.set(
      generationId(41),
      drawn(41, { session_id: elsewhere, model_family: "sdxl", width: 768, height: 512 }),
    );
    const before = useGenerationStore.getState().live.generations;
    useSessionStore.getState().change({ max_cost_usd: 0.5 });
    expect(await startFrom(drawn(42, { ...enlarged, parent_id: generationId(41) }), "subtle")).toBe(true);
    expect(asked()).toMatchObject({ model_family: "sdxl", side: 627, from: [generationId(42)], session_id: elsewhere });
    expect(asked(), "the open session's money is not that one's").not.toHaveProperty("max_cost_usd");
    expect(Object.keys(useGenerationStore.getState().live.generations)).toEqual(Object.keys(before));
  });

  test("that no model has drawn is not varied, and says what to do", async () => {
    await look();
    expect(await startFrom(drawn(42, { ...enlarged, parent_id: null }), "subtle")).toBe(false);
    await screen.findByText(/^No model drew this picture/);
    expect(hub.bodies(BATCH)).toEqual([]);
  });
});

test("a start picture without a sentence says what is missing yet", async () => {
  await visit();
  act(() => useSessionStore.getState().change({ start: { picture: "artifact:a1", name: "photo.png", strength: 0.4 } }));
  expect(await screen.findByText(/^Say also what you want to see/)).toBeVisible();
  await user.type(screen.getByLabelText("What do you want to see?"), "a cat");
  expect(screen.queryByText(/^Say also what you want to see/)).toBeNull();
});

describe("a start picture", () => {
  const start = { picture: "artifact:a1", name: "photo.png", strength: 0.4 };

  test("is what the first stage's request starts from, in its shape and strength, and no later stage's", async () => {
    await visit();
    useSessionStore.getState().change({ prompt: "a cat", start, format: "portrait" });
    await screen.findByRole("button", { name: /^Generate/ });
    const first = bodyFor(0, ["another"]);
    expect(first).toMatchObject({ parameters: { image: "artifact:a1" }, denoise_strength: 0.4, from: [] });
    expect(first).not.toHaveProperty("format");
    expect(bodyFor(1, [])?.parameters).toEqual({});
    useSessionStore.getState().change({ start: undefined });
    expect(bodyFor(0, [])).toMatchObject({ parameters: {}, format: "portrait" });
  });

  test("is read from any client's config, and what is none is left out", () => {
    expect(configOf({ start }, "").start).toEqual(start);
    for (const none of [null, 7, "artifact:a", {}, { picture: "http://elsewhere/x.png" }, { picture: "artifact:" }])
      expect(configOf({ start: none }, "")).not.toHaveProperty("start");
    expect(startPictureOf({ picture: "generation:g", strength: 9 })).toMatchObject({ name: "", strength: 0.6 });
  });

  test("has its strength told in words that never go back", () => {
    const words = Array.from({ length: 21 }, (_, step) => strengthInWords(step / 20));
    expect(new Set(words).size).toBe(5);
    expect(words.filter((each, index) => each !== words[index - 1])).toEqual([...new Set(words)]);
  });
});
