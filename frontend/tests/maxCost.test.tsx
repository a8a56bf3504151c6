/** What may be spent: said before pressing, and never exceeded. */
import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeCost, makeGpu } from "./factories";
import { drawn, type FakeHub } from "./fakeHub";
import { closeBrowser, openBrowser, tile, user, visit, visitSession } from "./studio";

const BATCH = "POST /api/generate/batch";
const ESTIMATE = "POST /api/generate/estimate";

let hub: FakeHub;

beforeEach(() => {
  hub = openBrowser();
  hub.gpus.push(makeGpu({ id: "cloud", name: "fal", use: "when_asked", cost: makeCost() }));
});
afterEach(closeBrowser);

const limit = () => screen.findByRole("textbox", { name: "May cost at most" });
const sent = () => hub.bodies(BATCH).map((body) => body["max_cost_usd"]);

async function press(): Promise<void> {
  const before = hub.bodies(BATCH).length;
  await user.click(await screen.findByRole("button", { name: /^(Generate|Draw) 20/ }));
  await waitFor(() => expect(hub.bodies(BATCH)).toHaveLength(before + 1));
}

function payable(): void {
  const paid = { ...hub.estimate.free, eta_seconds: 5, cost_usd: 0.08, paid_pictures: 4 };
  hub.estimate = { ...hub.estimate, paid: { ...paid, gpus: [{ gpu_id: "cloud", count: 4, cost_usd: 0.08 }] } };
}

describe("a limit", () => {
  test("is nothing until somebody says more, and then holds for each batch of the session", async () => {
    await user.type(await visit(), "fog");
    expect(await limit()).toHaveValue("");
    expect(await limit()).toHaveAccessibleDescription("a batch: only what costs nothing is used");
    await press();
    await user.type(await limit(), "0.08");
    await press();
    await press();
    expect(sent()).toEqual([undefined, 0.08, 0.08]);
    await waitFor(() => expect([...hub.sessions.values()][0]?.config).toMatchObject({ max_cost_usd: 0.08 }));
  });

  test("says what it does not bound where a machine is paid by the hour", async () => {
    hub.gpus.push(makeGpu({ id: "rented", cost: makeCost({ per_image_usd: null, per_hour_usd: 0.4 }) }));
    await user.type(await visit(), "fog");
    await user.type(await limit(), "0.08");
    expect(await limit()).toHaveAccessibleDescription(
      /never more for drawing it; a rented machine's starting and idling/,
    );
  });

  test("that is no amount spends nothing", async () => {
    await user.type(await visit(), "fog");
    await user.type(await limit(), "5 or so");
    expect(await limit()).toBeInvalid();
    await press();
    expect(sent()).toEqual([undefined]);
  });

  test("is remembered with its session, and one that makes no sense is not", async () => {
    const config = { preset: "classic", prompt: "fog", negative_prompt: "", stages: {}, marks: {}, max_cost_usd: 1.5 };
    await visitSession(hub, { config, generations: [drawn(1)] });
    expect(await limit()).toHaveValue("1.50");
    await press();
    expect(sent()).toEqual([1.5]);
  });

  test("is not asked for where nothing costs anything", async () => {
    hub.gpus = hub.gpus.filter(({ cost }) => !cost);
    await visit();
    await screen.findByRole("button", { name: "Generate 20 drafts" });
    expect(screen.queryByRole("textbox", { name: "May cost at most" })).toBeNull();
  });
});

describe("before the next stage", () => {
  test("both ways are told, and the paid one is allowed with one press", async () => {
    payable();
    await visitSession(hub, { generations: [drawn(1), drawn(2)] });
    await user.click(tile(1));
    const bar = (await screen.findByRole("button", { name: /^Refine 1/ })).parentElement;
    await waitFor(() => expect(bar).toHaveTextContent("13 s on your cards – 5.0 s with 4 pictures on fal for $0.08"));
    expect(hub.bodies(ESTIMATE).at(-1)).not.toHaveProperty("max_cost_usd");
    const [allow] = screen.getAllByRole("button", { name: "Allow $0.08" });
    if (!allow) throw new Error("nothing can be allowed");
    await user.click(allow);
    await waitFor(() => expect(hub.bodies(ESTIMATE).at(-1)).toMatchObject({ max_cost_usd: 0.08 }));
    expect(screen.queryByRole("button", { name: "Allow $0.08" })).toBeNull();
    await user.click(screen.getByRole("button", { name: /^Refine 1/ }));
    await waitFor(() => expect(sent()).toEqual([0.08]));
  });

  test("money that would change nothing is said to be of no use, and not where none is allowed", async () => {
    await user.type(await visit(), "fog");
    await waitFor(() => expect(screen.getAllByText(/^\d+ pictures? ·/)).not.toHaveLength(0));
    expect(screen.queryByText(/^Costs nothing/)).toBeNull();
    await user.type(await limit(), "0.30");
    expect(await screen.findByText("Costs nothing: money would not make it quicker.")).toBeVisible();
  });

  test("a refusal by money says what to do", async () => {
    const reasons = { cloud: "costs $0.02 a picture, and this batch may spend nothing" };
    const refusal = { status: 422, code: "no_capable_node", detail: "no node can ever do this", reasons };
    hub.refuse(BATCH, { ...refusal, reason_codes: { cloud: "costs" } });
    await user.type(await visit(), "fog");
    await press();
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "fal costs $0.02 a picture, and this batch may spend nothing, and no other node can draw it: raise what it may cost.",
    );
  });
});
