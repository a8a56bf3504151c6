/** Which flow is on the page: chosen at the start, and opened again by the address. */
import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { useUiStore } from "@/stores/uiStore";

import { SESSION_ID } from "./factories";
import type { FakeHub } from "./fakeHub";
import { drawn } from "./fakeHub";
import { closeBrowser, openBrowser, user, visit, visitFlow, visitSession } from "./studio";

let hub: FakeHub;

beforeEach(() => {
  hub = openBrowser();
});

afterEach(closeBrowser);

const FLOWS = [
  { flow_type: "concept_builder", button: /^Concept Builder/, heading: "Concept builder" },
  { flow_type: "explorer", button: /^Explorer/, heading: "Explorer" },
] as const;

describe.each(FLOWS)("the flow $flow_type", ({ flow_type, button, heading }) => {
  test("opens from the start with what is written there", async () => {
    const prompt = await visit();
    await user.type(prompt, "a lighthouse");
    await user.click(screen.getByRole("button", { name: button }));
    expect(await screen.findByRole("heading", { level: 1, name: heading })).toBeVisible();
    expect(location.hash).toBe(`#/session/${SESSION_ID}`);
    const [made] = hub.bodies("POST /api/sessions");
    expect(made).toMatchObject({ flow_type, config: { prompt: "a lighthouse" } });
  });

  test("is opened again by the session's address alone", async () => {
    visitFlow(hub, { flow_type });
    expect(await screen.findByRole("heading", { level: 1, name: heading })).toBeVisible();
    expect(screen.queryByRole("navigation", { name: "Stages" })).toBeNull();
  });
});

test("a flow that the hub refuses is said, and the start stays", async () => {
  hub.refuse("POST /api/sessions", { status: 503, code: "disk_full", detail: "The disk of the hub is full." });
  const prompt = await visit();
  await user.click(screen.getByRole("button", { name: /^Explorer/ }));
  expect(await screen.findByText("The disk of the hub is full.")).toBeVisible();
  expect(prompt).toBeVisible();
});

test("what a flow keeps in the session stays when something else is written there", async () => {
  const explorer = { start: "9e000000-0000-4000-8000-000000000001", of: "a newer page" };
  visitFlow(hub, { config: { preset: "classic", prompt: "fog", explorer } });
  await user.type(await screen.findByLabelText("What do you want to see?"), "gy");
  await expect.poll(() => hub.sessions.get(SESSION_ID)?.config).toMatchObject({ prompt: "foggy", explorer });
});

test("two pictures that are compared lead to the way between them, in a session of the Explorer", async () => {
  const pictures = [drawn(1), drawn(2)] as const;
  await visitSession(hub, { generations: [...pictures] });
  act(() => useUiStore.getState().set({ compared: [pictures[0].id, pictures[1].id] }));
  await user.click(await screen.findByRole("button", { name: "Between" }));
  await waitFor(() => expect(hub.bodies("POST /api/sessions")).toHaveLength(1));
  const [made] = hub.bodies("POST /api/sessions");
  const explorer = { view: "between", from: pictures[0].id, to: pictures[1].id };
  expect(made).toMatchObject({ flow_type: "explorer", config: { explorer } });
  expect(screen.queryByRole("slider")).toBeNull();
});
