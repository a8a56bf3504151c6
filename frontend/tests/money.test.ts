// @vitest-environment node
import { describe, expect, test } from "vitest";

import { refusalInWords } from "@/actions/refusals";
import { HubProblem } from "@/api/client";
import type { Estimate } from "@/api/types";
import { bothWays } from "@/actions/estimate/bothWays";
import { amountOf, keptAmount, usd } from "@/lib/money";

import { makeCost, makeGpu } from "./factories";

const FLEET = [
  makeGpu({ id: "attic", name: "Attic" }),
  makeGpu({ id: "cloud", name: "fal", cost: makeCost({ per_image_usd: 0.02 }) }),
  makeGpu({ id: "rented", name: "Rented", cost: makeCost({ per_image_usd: null, per_hour_usd: 0.4 }) }),
];

type Way = Estimate["free"];

const way = (fields: Partial<Way> = {}): Way => ({
  ...{ eta_seconds: 28, eta_range_seconds: [25, 30], gpus: [], cost_usd: 0, paid_pictures: 0 },
  ...{ waiting_for: null, waiting_code: null },
  ...fields,
});

const estimate = (fields: Partial<Estimate>): Estimate => ({
  ...{ eta_seconds: 28, eta_range_seconds: [25, 30], lower_bound_seconds: 1, gpus: [], waiting_for: null },
  ...{ waiting_code: null, models: [], free: way(), paid: null },
  ...fields,
});

const paid = (gpuId: string, count: number, cost_usd: number): Way =>
  way({
    ...{ eta_seconds: 11, cost_usd, paid_pictures: count },
    gpus: [
      { gpu_id: "attic", count: 20 - count, cost_usd: 0 },
      { gpu_id: gpuId, count, cost_usd },
    ],
  });

describe("an amount", () => {
  test.each([
    [0, "$0.00"],
    [0.08, "$0.08"],
    [1.5, "$1.50"],
    [0.0025, "$0.0025"],
    [0.1 + 0.2, "$0.30"],
    [12, "$12.00"],
    [0.999999, "$0.999999"],
    [0.9999999, "$1.00"],
  ])("%f is shown as %s", (amount, shown) => expect(usd(amount)).toBe(shown));

  test.each([
    ["", 0],
    [" 0.08 ", 0.08],
    ["$0.08", 0.08],
    ["$ 3", 3],
    [".5", 0.5],
    ["1.", 1],
    ["1000000", 1_000_000],
    ["1000001", null],
    ["0.0000001", null],
    ["-1", null],
    ["1e3", null],
    ["0,08", null],
    ["8 cents", null],
    ["Infinity", null],
  ])("%j is read as %j", (text, amount) => expect(amountOf(text)).toBe(amount));

  test("that is none when it is read back is nothing", () => {
    expect([0.08, 0, -1, NaN, Infinity, 2_000_000, "5", null, undefined].map(keptAmount)).toEqual([
      ...[0.08, 0, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });
});

describe("both ways of an estimate", () => {
  test("are told with times, pictures, node and price, and what would have to be allowed", () => {
    expect(bothWays(estimate({ paid: paid("cloud", 4, 0.08) }), FLEET, 0)).toEqual({
      ...{ free: "28 s on your cards", paid: "11 s with 4 pictures on fal for $0.08", toAllow: 0.08 },
    });
  });

  test("say that a price by the hour is a limit, and ask for nothing that is allowed already", () => {
    expect(bothWays(estimate({ paid: paid("rented", 1, 0.01) }), FLEET, 0.01)).toEqual({
      ...{ free: "28 s on your cards", paid: "11 s with 1 picture on Rented for up to $0.01", toAllow: null },
    });
  });

  test("are told where one's own cards cannot do it at all", () => {
    const free = way({ eta_seconds: null, eta_range_seconds: null });
    expect(bothWays(estimate({ free, paid: paid("cloud", 8, 0.16) }), FLEET, 0)?.free).toBe("Not on your cards");
  });

  test("are none where money changes nothing", () => {
    expect(bothWays(estimate({}), FLEET, 5)).toBeNull();
    expect(bothWays(estimate({ paid: paid("cloud", 0, 0) }), FLEET, 5)).toBeNull();
  });
});

describe("a refusal", () => {
  const refused = (reasons: Record<string, { sentence: string; code: string }>) =>
    refusalInWords(new HubProblem(422, "no_capable_node", "no node can ever do this: …", [], null, reasons), FLEET);

  test("by money says in one sentence what to do", () => {
    expect(
      refused({
        attic: { sentence: "has no capability sdxl", code: "no_capability" },
        cloud: { sentence: "costs $0.02 a picture, and this batch may spend nothing", code: "costs" },
      }),
    ).toBe(
      "fal costs $0.02 a picture, and this batch may spend nothing, and no other node can draw it: raise what it may cost.",
    );
  });

  test("by a node without a price hands on the hub's advice", () => {
    const sentence = "charges, and nobody has said how much: give it a cost in gpus.yaml";
    expect(refused({ attic: { sentence, code: "costs" } })).toBe(`Attic ${sentence}.`);
  });

  test("for any other reason is the hub's own", () => {
    expect(refused({ attic: { sentence: "is disabled", code: "disabled" } })).toBe("no node can ever do this: …");
  });
});
