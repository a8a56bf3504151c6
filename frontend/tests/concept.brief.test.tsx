/** A picture as the brief of the concept builder: its own words where it tells them, else what a model sees, else a refusal. */
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { CardField } from "@/api/types";
import { FIELDS } from "@/features/concept/state";
import { useSessionStore } from "@/stores/sessionStore";

import { generationId } from "./factories";
import { drawn, type FakeHub } from "./fakeHub";
import { closeBrowser, openBrowser, user, visitFlow } from "./studio";

let hub: FakeHub;

const UPLOADED = { artifact_id: "a1", width: 64, height: 64, notes: [] };

const cards = (told: Partial<Record<CardField, string>>) =>
  FIELDS.map((field) => ({ field, text: told[field] ?? "", weight: 1, locked: false }));

const split = (told: Partial<Record<CardField, string>>) => ({ cards: cards(told), degraded: null, described: null });

beforeEach(async () => {
  hub = openBrowser();
  hub.give("POST /api/concept/split", split({ subject: "a red fox", setting: "in the fog" }));
  hub.give("POST /api/concept/assemble", { prompt: "a red fox in the fog", negative_prompt: "text", notes: [] });
  const config = { preset: "classic", prompt: "my own words", negative_prompt: "" };
  visitFlow(hub, { flow_type: "concept_builder", config });
  await screen.findByDisplayValue("my own words"); // the session is there
  await screen.findByRole("button", { name: "Take it apart" });
});
afterEach(closeBrowser);

function drop(given: { files?: File[]; address?: string }): void {
  const getData = (type: string) => (type === "text/uri-list" ? (given.address ?? "") : "");
  const types = given.files ? ["Files"] : ["text/uri-list"];
  fireEvent.drop(document.body, { dataTransfer: { files: given.files ?? [], types, getData } });
}

const photo = new File(["x"], "fox.png", { type: "image/png" });
const asked = () => hub.bodies("POST /api/concept/split").at(-1);
const prompt = () => useSessionStore.getState().config.prompt;

test("a picture that tells its prompt becomes that prompt's cards, and Undo brings the words back", async () => {
  const written = { prompt: "a red fox in the fog", negative_prompt: "text" };
  hub.give("POST /api/artifacts", { ...UPLOADED, written });
  drop({ files: [photo] });
  await screen.findByDisplayValue("in the fog");
  expect(asked()).toMatchObject(written);
  expect(asked(), "nobody has to look at it").not.toHaveProperty("picture");
  expect(prompt()).toBe("a red fox in the fog");
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  expect(prompt()).toBe("my own words");
  expect(await screen.findByRole("button", { name: "Take it apart" })).toBeVisible();
});

test("a picture of the hub is told by what it was drawn from", async () => {
  hub.elsewhere.set(generationId(9), drawn(9, { prompt: "a kiosk", negative_prompt: "people" }));
  drop({ address: `http://hub/api/images/s/${generationId(9)}/thumb` });
  await waitFor(() => expect(asked()).toMatchObject({ prompt: "a kiosk", negative_prompt: "people" }));
  expect(hub.bodies("POST /api/artifacts")).toEqual([]);
});

test("a picture that tells nothing is looked at, and its cards are what is seen", async () => {
  hub.give("POST /api/artifacts", { ...UPLOADED, written: null });
  drop({ files: [photo] });
  expect(await screen.findByDisplayValue("a red fox")).toBeVisible();
  expect(asked()).toMatchObject({ picture: "artifact:a1", prompt: "my own words" });
});

test("a model that refuses to look is told beside the brief, and nothing is lost", async () => {
  hub.give("POST /api/artifacts", { ...UPLOADED, written: null });
  const detail = "the picture cannot be described (the model says nothing of it): say in words what you want to see";
  hub.refuse("POST /api/concept/split", { status: 422, code: "no_vision", detail });
  drop({ files: [photo] });
  expect(await screen.findByText(detail)).toBeVisible();
  expect(screen.getByLabelText("What do you want to see?")).toHaveValue("my own words");
  hub.accept("POST /api/concept/split");
  await user.click(screen.getByRole("button", { name: "Take it apart" }));
  expect(await screen.findByDisplayValue("a red fox")).toBeVisible();
  expect(asked()).not.toHaveProperty("picture");
});
