/** Own checkpoints and the format of the funnel, in the prompt panel. */
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Models } from "@/api/types";
import { unsuitedLoras, useModelStore } from "@/stores/modelStore";
import { useSessionStore } from "@/stores/sessionStore";

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
