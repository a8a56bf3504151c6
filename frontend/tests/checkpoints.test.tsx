/** Own checkpoints and the format of the funnel, in the prompt panel. */
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Gpu, Models } from "@/api/types";
import { refusalOf, whereItIs } from "@/features/funnel/settings/offered";
import { unsuitedLoras, useModelStore } from "@/stores/modelStore";
import { useSessionStore } from "@/stores/sessionStore";

import { makeCost, makeGpu } from "./factories";
import { startHub, type FakeHub } from "./fakeHub";
import { closeBrowser, user, visit } from "./studio";

const BATCH = "POST /api/generate/batch";
const none = { file: null, why: "no card has a checkpoint of sdxl", nodes: [], unsure: [] };
const found = {
  file: "dreamshaper_8.safetensors",
  why: "the only sd15 file, by its name",
  nodes: ["attic"],
  unsure: [],
};
const file = (name: string, family: string | null, folder = "checkpoints") => ({
  ...{ name, folder, family, why: "by its name", special: null, nodes: ["attic"], last: null },
});
const MODELS: Models = {
  families: [
    { family: "sd15", relatives: [], preferred: null, from_text: found, from_picture: found },
    { family: "sdxl", relatives: ["pony"], preferred: null, from_text: none, from_picture: none },
    { family: "pony", relatives: ["sdxl"], preferred: null, from_text: none, from_picture: none },
  ],
  files: [
    file("juggernautXL_v9.safetensors", "sdxl"),
    file("mine.safetensors", null),
    file("dreamshaper_8.safetensors", "sd15"),
    file("film-xl.safetensors", "sdxl", "loras"),
    file("plain.safetensors", null, "loras"),
  ],
};

let hub: FakeHub;

beforeEach(() => {
  hub = startHub();
  useModelStore.setState({ models: MODELS, load: () => Promise.resolve() });
});
afterEach(closeBrowser);

test("the checkpoint is shown; another is chosen from a list in which those of other families are greyed", async () => {
  const prefer = vi.fn(() => Promise.resolve());
  useModelStore.setState({ prefer });
  await visit();
  expect(await screen.findByText("dreamshaper_8")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Choose a checkpoint" }));
  const rows = within(screen.getByRole("list", { name: "Checkpoints that the fleet has" })).getAllByRole("button");
  expect(rows.map((each) => each.textContent?.split("sd15")[0])).toEqual([
    expect.stringContaining("dreamshaper_8"),
    expect.stringContaining("mine"),
    expect.stringContaining("juggernautXL_v9"),
  ]);
  expect(rows[2]).toBeDisabled();
  await user.click(rows[1] as HTMLElement);
  await waitFor(() => expect(prefer).toHaveBeenCalledWith("sd15", "mine.safetensors"));
  await waitFor(() => expect(useSessionStore.getState().config.stages[0]?.checkpoint).toBe("mine.safetensors"));
});

const OFFER = { name: "mine.safetensors", families: ["sd15"], operations: ["txt2img", "img2img"], price_usd: 0.03 };
const [, MINE] = MODELS.files;
if (!MINE) throw new Error("there is no such file");

describe("a model that a node offers without a file", () => {
  const where = (...gpus: Gpu[]) => whereItIs({ ...MINE, nodes: gpus.map(({ id }) => id) }, gpus);
  const fal = (fields: Partial<Gpu> = {}) => makeGpu({ id: "fal", name: "fal", models: [OFFER], ...fields });

  test("is shown with its node and price", () => {
    expect(where(makeGpu())).toBe("1 card");
    expect(where(fal())).toBe("fal, $0.03 a picture");
    expect(where(fal({ cost: makeCost({ per_image_usd: 0.05 }) }))).toBe("fal, $0.05 a picture");
    expect(where(fal({ models: [{ ...OFFER, price_usd: 0 }] }))).toBe("fal");
    expect(where(makeGpu(), fal())).toBe("1 card and fal, $0.03 a picture");
    expect(whereItIs(MINE, [])).toBe("1 card"); // before the fleet is known
  });

  test("says why it cannot be chosen for what it does not do, unless a card can", () => {
    const words = fal({ models: [{ ...OFFER, operations: ["txt2img"] }] });
    const file = { ...MINE, nodes: ["fal"] };
    expect(refusalOf(file, false, [words])).toBeNull();
    expect(refusalOf(file, true, [words])).toBe("takes no picture to start from: it draws from words alone");
    expect(refusalOf({ ...file, nodes: ["fal", "gpu-a"] }, true, [words, makeGpu()])).toBeNull();
    const pictures = fal({ models: [{ ...OFFER, operations: ["img2img"] }] });
    expect(refusalOf(file, false, [pictures])).toBe("takes no words alone: it starts from a picture");
  });

  test("is greyed with its reason in the list", async () => {
    hub.gpus = [makeGpu({ id: "attic", name: "fal", models: [{ ...OFFER, operations: ["img2img"] }] })];
    await visit();
    await user.click(await screen.findByRole("button", { name: "Choose a checkpoint" }));
    const row = await screen.findByRole("button", { name: /^mine\s*takes no words alone.*fal, \$0\.03 a picture$/ });
    expect(row).toBeDisabled();
  });

  test("that refuses what is asked for says so before anything is sent", async () => {
    hub.gpus = [makeGpu({ id: "attic", name: "fal", models: [OFFER], cost: makeCost() })];
    const detail = "no node can ever do this: attic takes no negative prompt";
    hub.refuse("POST /api/generate/estimate", { status: 422, code: "no_capable_node", detail });
    await user.type(await visit(), "fog");
    expect(await screen.findByRole("alert")).toHaveTextContent("attic takes no negative prompt");
  });
});

test("a file whose name tells the wrong family is said to be of another, and then it can be chosen", async () => {
  const said = MODELS.files.map((each) => (each.name.startsWith("jugger") ? { ...each, family: "sd15" } : each));
  const sayFamily = vi.fn(() => Promise.resolve(useModelStore.setState({ models: { ...MODELS, files: said } })));
  useModelStore.setState({ sayFamily });
  await visit();
  await user.click(await screen.findByRole("button", { name: "Choose a checkpoint" }));
  expect(screen.getByRole("button", { name: /juggernautXL_v9 ?of sdxl: no card has a checkpoint/ })).toBeDisabled();
  await user.selectOptions(screen.getByRole("combobox", { name: "Family of juggernautXL_v9" }), "sd15");
  expect(sayFamily).toHaveBeenCalledWith("juggernautXL_v9.safetensors", "sd15");
  await waitFor(() => expect(screen.getByRole("button", { name: /juggernautXL_v9/ })).toBeEnabled());
  await user.selectOptions(screen.getByRole("combobox", { name: "Family of juggernautXL_v9" }), "go by its name");
  expect(sayFamily).toHaveBeenLastCalledWith("juggernautXL_v9.safetensors", null);
});

test("a format that is chosen goes with the drafts, as many pixels as the preset has", async () => {
  await user.type(await visit(), "fog");
  await user.click(await screen.findByRole("radio", { name: "Portrait" }));
  await user.click(await screen.findByRole("button", { name: "Generate 20 drafts" }));
  await waitFor(() => expect(hub.bodies(BATCH)).toHaveLength(1));
  expect(hub.bodies(BATCH)[0]).toMatchObject({ format: "portrait", side: 512 });
  expect(hub.bodies(BATCH)[0]).not.toHaveProperty("width");
});

test("LoRAs of another architecture are told apart, those of a relative are not", () => {
  expect([...unsuitedLoras(MODELS, "sd15")]).toEqual([["film-xl.safetensors", "made for sdxl"]]);
  expect([...unsuitedLoras(MODELS, "pony")]).toEqual([]);
});
