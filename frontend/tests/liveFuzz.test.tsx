/** What a hub of another version, or a proxy that mixes lines up, might tell: nothing of it may break the page. */
import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { arrivalOf } from "@/api/arrival";
import { liveMessageOf, previewOf } from "@/api/events";
import { shapes } from "@/api/schema.runtime.json";
import { ConnectionBanner } from "@/features/live/ConnectionBanner";
import { applyEvent, NOTHING } from "@/stores/applyEvent";
import { useUiStore } from "@/stores/uiStore";

import { generationId, makeSnapshot, SESSION_ID } from "./factories";
import { drawn, type FakeHub } from "./fakeHub";
import { closeBrowser, openBrowser, tile, visitSession } from "./studio";

interface Shape {
  type?: string;
  $ref?: string;
  const?: unknown;
  properties?: Record<string, Shape>;
  items?: Shape;
  prefixItems?: Shape[];
  anyOf?: Shape[];
  byType?: Record<string, Shape>;
}

const SHAPES = shapes as Record<string, Shape>;
const STREAMS = ["LiveMessage", "JobMessage"] as const;

/** The smallest value that has every property of its shape. */
function sampleOf({ $ref, const: only, anyOf, type, properties = {}, items, prefixItems }: Shape): unknown {
  if ($ref !== undefined) return sampleOf(SHAPES[$ref] ?? {});
  if (only !== undefined) return only;
  if (anyOf) return sampleOf(anyOf[0] ?? {});
  if (type === "object")
    return Object.fromEntries(Object.entries(properties).map(([name, shape]) => [name, sampleOf(shape)]));
  if (type === "array") return prefixItems ? prefixItems.map(sampleOf) : [sampleOf(items ?? {})];
  return { string: "2026-11-21T08:00:00.000Z", integer: 1, number: 1.5, boolean: true }[type ?? ""] ?? null;
}

const nested = (depth: number): unknown => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
const STRANGE: readonly unknown[] = [
  ...[null, true, 0, -1, 0.5, 1e308, "", "\0", "constructor", "<b>", "x".repeat(100_000), [], [null], {}],
  ...[{ __proto__: 1, length: -1 }, nested(50), new Array(2000).fill("x")],
];

/** The value with each of its parts left out, and replaced by each strange one, one at a time. */
function* mutationsOf(value: unknown): Generator {
  yield* STRANGE;
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    const { [name]: _, ...others } = value as Record<string, unknown>;
    if (!Array.isArray(value)) yield others;
    for (const other of mutationsOf(part))
      yield Array.isArray(value) ? value.with(Number(name), other) : { ...others, [name]: other };
  }
}

const typesOf = (stream: (typeof STREAMS)[number]) => Object.entries(SHAPES[stream]?.byType ?? {});

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(console, "info").mockImplementation(() => undefined);
});

describe("a message of which one part is strange", () => {
  test.each(STREAMS.flatMap((stream) => typesOf(stream).map(([type, shape]) => [stream, type, shape] as const)))(
    "of the stream %s, type %s, is understood, ignored or told to be malformed",
    (stream, _, shape) => {
      const sample = sampleOf(shape);
      expect(arrivalOf(stream, JSON.stringify(sample)).kind).toBe("message");
      const before = applyEvent(NOTHING, makeSnapshot());
      const kinds = new Set<string>();
      for (const strange of mutationsOf(sample)) {
        const arrival = arrivalOf(stream, JSON.stringify(strange));
        kinds.add(arrival.kind);
        if (stream === "LiveMessage" && arrival.kind === "message") applyEvent(before, arrival.message as never);
      }
      expect(kinds).toEqual(new Set(["message", "ignored", "malformed"]));
    },
  );

  const deep = `${'{"later":'.repeat(20_000)}0${"}".repeat(20_000)}`;
  test.each([
    ["in a field of a later hub", `{"type":"stage","stage":1,"seq":6,"later":${deep}}`, "message"],
    ["where a number belongs", `{"type":"stage","stage":${deep},"seq":6}`, "malformed"],
    ["of no known type", `{"type":"weather","later":${deep}}`, "ignored"],
    ["cut off", deep.slice(0, 50_000), "malformed"],
  ])("may be nested deeper than any program follows: %s", (_, text, kind) => {
    expect(liveMessageOf(text).kind).toBe(kind);
  });

  test("may be of bytes: what is no whole preview is none", () => {
    for (let length = 0; length <= 18; length++)
      for (const first of [0, 1, 2, 255]) expect(previewOf(new Uint8Array(length).fill(first).buffer)).toBeNull();
  });
});

describe("the studio", () => {
  let hub: FakeHub;
  beforeEach(() => {
    hub = openBrowser();
  });
  afterEach(closeBrowser);

  test("shows its pictures before, between and after strange messages, and says that it asks anew", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    vi.spyOn(console, "error");
    await visitSession(hub, { generations: [drawn(1), drawn(2)] });
    render(<ConnectionBanner />);
    const whole = JSON.parse(JSON.stringify(hub.snapshotOf(SESSION_ID))) as Record<string, unknown>;
    for (const [type, shape] of typesOf("LiveMessage")) {
      const sample = type === "snapshot" ? whole : { ...(sampleOf(shape) as object), generation_id: generationId(1) };
      for (const strange of every(29, mutationsOf(sample))) {
        const [socket] = hub.sockets;
        if (!socket) continue;
        await act(async () => {
          socket.tell(strange);
          await Promise.resolve();
        });
      }
      const [socket] = hub.sockets;
      if (!socket) {
        expect(useUiStore.getState().connection).toBe("unreadable");
        expect(screen.getByRole("alert").textContent).toContain("Reload the page");
      }
      await vi.waitFor(() => expect(hub.sockets.size).toBe(1), { timeout: 8000 });
      await act(async () => {
        [...hub.sockets][0]?.tell({ ...whole, seq: 10_000 });
        await Promise.resolve();
      });
      expect(tile(1).getAttribute("aria-label")).toBe("Picture 1, complete");
      expect(useUiStore.getState().connection).toBe("live");
    }
    expect(console.error).not.toHaveBeenCalled();
  }, 60_000);
});

function* every<Value>(step: number, values: Iterable<Value>): Generator<Value> {
  let number = 0;
  for (const value of values) if (number++ % step === 0) yield value;
}
