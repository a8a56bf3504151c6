/** Windows of one session, each with its own page, over one hub in memory. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { bothOf, isMembers, patchOf, same, type Clash } from "@/lib/mergePatch";
import { SharedConfig } from "@/stores/sharedConfig";
import { keepUnsent } from "@/stores/unsent";

import { mergePatch } from "./fakeHub";

type Config = Record<string, unknown>;

const PATH = "/api/sessions/one";

class Hub {
  version = 1;
  config: Config = { prompt: "", negative_prompt: "", stages: {}, marks: {} };
  windows: Window[] = [];
  away = false;
  readonly patches: Config[] = [];

  readonly answer = async (path: string, { method, body }: { method: string; body?: string }): Promise<Response> => {
    if (this.away) throw new TypeError("no connection");
    if (method === "GET") return this.#json(path === `${PATH}/config` ? 200 : 404);
    const { changes, version } = JSON.parse(body ?? "") as { changes: Config; version: number };
    if (version !== this.version) return this.#json(409);
    this.patches.push(changes);
    this.change(changes);
    return this.#json(200);
  };

  change(changes: Config): void {
    this.config = mergePatch(this.config, changes);
    this.version++;
    for (const each of this.windows) each.shared.heard(this.version);
  }

  #json(status: number): Response {
    const { version, config } = this;
    const problem = { code: "config_changed", detail: "changed", current: { version, config } };
    return Response.json(status === 200 ? { version, config } : problem, { status });
  }
}

class Window {
  shown: Config = {};
  readonly clashes: Clash[] = [];
  readonly replaced: [string, string][] = [];
  readonly refused = vi.fn();
  readonly shared: SharedConfig<Config>;

  constructor(hub: Hub) {
    this.shared = new SharedConfig<Config>(
      "one",
      { version: hub.version, config: hub.config },
      {
        shown: () => this.shown,
        show: (config) => (this.shown = config),
        read: (config) => (isMembers(config) ? { ...config } : {}),
        clashed: (clashes) => this.clashes.push(...clashes),
        replaced: (name, text) => this.replaced.push([name, text]),
        refused: this.refused,
      },
    );
    this.shared.begin();
    hub.windows.push(this);
  }

  write(fields: Config, typed: string[] = Object.keys(fields)): void {
    this.shown = { ...this.shown, ...fields };
    this.shared.changed(typed);
  }
}

let hub: Hub;
let one: Window;
let other: Window;
const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  hub = new Hub();
  vi.stubGlobal("fetch", hub.answer);
  one = new Window(hub);
  other = new Window(hub);
});

afterEach(() => {
  one.shared.close();
  other.shared.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("two windows of one session", () => {
  test("keep what each of them wrote, and show it to one another", async () => {
    one.write({ prompt: "written here" });
    await later(450);
    expect(other.shown["prompt"]).toBe("written here");
    other.write({ negative_prompt: "written there" });
    await later(450);
    for (const { shown } of [one, other])
      expect(shown).toMatchObject({ prompt: "written here", negative_prompt: "written there" });
    expect(hub.patches).toEqual([{ prompt: "written here" }, { negative_prompt: "written there" }]);
  });

  test("keep picks and settings of both, also when they are sent in the same moment", async () => {
    one.write({ marks: { a: "selected" }, stages: { 0: { steps: 30 } } }, []);
    other.write({ marks: { b: "rejected" }, stages: { 0: { width: 640 }, 1: { steps: 9 } } }, []);
    await later(2000);
    const both = {
      marks: { a: "selected", b: "rejected" },
      stages: { 0: { steps: 30, width: 640 }, 1: { steps: 9 } },
    };
    for (const { shown, clashes } of [one, other]) {
      expect(shown).toMatchObject(both);
      expect(clashes).toEqual([]);
    }
    expect(hub.config).toMatchObject(both);
    one.write({ marks: { b: "rejected" } }, []);
    await later(2000);
    expect(other.shown["marks"]).toEqual({ b: "rejected" });
  });

  test("lose no words when both write the same text: each is told the other's", async () => {
    one.write({ prompt: "a cat" });
    other.write({ prompt: "a dog" });
    await later(10_000);
    expect(other.shown["prompt"]).toBe(one.shown["prompt"]);
    expect(hub.config["prompt"]).toBe(one.shown["prompt"]);
    const told = [...one.clashes, ...other.clashes].map(({ theirs }) => theirs);
    const back = [...one.replaced, ...other.replaced].map(([, text]) => text);
    expect([one.shown["prompt"], ...told, ...back]).toEqual(expect.arrayContaining(["a cat", "a dog"]));
  });

  test("put nothing under the cursor of somebody who types, and show it when the hand rests", async () => {
    other.write({ prompt: "an old" });
    await later(1000);
    hub.change({ prompt: "from afar", negative_prompt: "rain" });
    await later(100);
    expect(other.shown).toMatchObject({ prompt: "an old", negative_prompt: "rain" });
    await later(1500);
    expect(other.shown["prompt"]).toBe("from afar");
    expect(other.replaced).toEqual([["prompt", "an old"]]);
  });

  test("whose held text is written on says so, instead of sending it over the other one's in silence", async () => {
    other.write({ prompt: "an old" });
    await later(1000);
    hub.change({ prompt: "from afar" });
    await later(100);
    other.write({ prompt: "an old man" });
    await later(1000);
    expect(other.clashes).toEqual([{ path: ["prompt"], theirs: "from afar" }]);
    expect(hub.config["prompt"]).toBe("an old man");
  });

  test("do not call it lost when the other one wrote on", async () => {
    one.write({ prompt: "a cat" });
    await later(3000);
    other.write({ prompt: "a cat on a roof" });
    await later(3000);
    expect(one.shown["prompt"]).toBe("a cat on a roof");
    expect(one.replaced).toEqual([]);
  });

  test("take a whole config that a program has put there as a change of what is different", async () => {
    one.write({ prompt: "a cat" });
    await later(3000);
    hub.change({ stages: { 0: { steps: 7 } }, tool: "mine" });
    await later(100);
    expect(one.shown).toMatchObject({ prompt: "a cat", stages: { 0: { steps: 7 } } });
    one.write({ prompt: "a cat, sleeping" });
    await later(1000);
    expect(hub.config).toMatchObject({ tool: "mine", prompt: "a cat, sleeping" });
  });
});

describe("what is written", () => {
  test("goes out once for a burst of keystrokes, with the last of them", async () => {
    for (const prompt of ["a", "a f", "a fox"]) one.write({ prompt });
    expect(hub.patches).toEqual([]);
    await later(1000);
    expect(hub.patches).toEqual([{ prompt: "a fox" }]);
  });

  test("goes out when the hub is back", async () => {
    hub.away = true;
    one.write({ prompt: "a fox" });
    await later(5000);
    hub.away = false;
    await later(2500);
    expect(hub.patches).toEqual([{ prompt: "a fox" }]);
  });

  test("is still there after a reload while the hub was away, beside what others changed meanwhile", async () => {
    hub.away = true;
    one.write({ prompt: "half a sent" });
    await later(1000);
    one.shared.close(); // and the page with it
    hub.away = false;
    hub.change({ negative_prompt: "rain" });
    const again = new Window(hub);
    expect(again.shown).toMatchObject({ prompt: "half a sent", negative_prompt: "rain" });
    await later(1000);
    expect(hub.config).toMatchObject({ prompt: "half a sent", negative_prompt: "rain" });
    expect(Object.keys(localStorage).filter((each) => each.includes("unsent"))).toEqual([]);
    again.shared.close();
  });

  test("and taken back at once is not there again after a reload", async () => {
    one.write({ prompt: "a fox" });
    one.write({ prompt: "" });
    expect(new Window(hub).shown).toMatchObject({ prompt: "" });
    await later(1000);
    expect(new Window(hub).shown).toMatchObject({ prompt: "" });
  });

  test("and taken back while it is on its way is taken back after a reload too", async () => {
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    vi.stubGlobal("fetch", async (...asked: Parameters<Hub["answer"]>) => {
      const answer = await hub.answer(...asked); // the hub has it, and its answer takes its time
      await arrived;
      return answer;
    });
    one.write({ prompt: "a fox" });
    await later(500);
    one.write({ prompt: "" });
    expect(hub.config).toMatchObject({ prompt: "a fox" });
    vi.stubGlobal("fetch", hub.answer);
    const again = new Window(hub);
    expect(again.shown).toMatchObject({ prompt: "" });
    await later(1000);
    expect(hub.config).toMatchObject({ prompt: "" });
    arrive();
    await later(5000);
    expect(hub.config).toMatchObject({ prompt: "" });
    again.shared.close();
  });

  test("goes out before another session is opened", async () => {
    one.write({ prompt: "a fox" });
    one.shared.close();
    one.shown = { prompt: "of another session" };
    await later(3000);
    expect(hub.patches).toEqual([{ prompt: "a fox" }]);
    expect(one.shown).toEqual({ prompt: "of another session" });
  });

  test("and refused is said, not tried for ever", async () => {
    const refuse = vi.fn(async () => Response.json({ code: "invalid_request", detail: "too large" }, { status: 422 }));
    vi.stubGlobal("fetch", refuse);
    one.write({ prompt: "x".repeat(1000) });
    await later(60_000);
    expect(refuse).toHaveBeenCalledTimes(1);
    expect(one.refused).toHaveBeenCalledTimes(1);
  });

  test("is not kept where what a browser kept is no change of ours", () => {
    keepUnsent("one", { base: 7, mine: null });
    expect(new Window(hub).shown).toEqual(hub.config);
  });
});

describe("a merge patch", () => {
  const before = { a: 1, b: { c: [1], d: null }, e: "x" };
  const after = { a: 1, b: { c: [1, 2] }, f: { g: 2 } };

  test("says what is new, and applied to the old makes the new", () => {
    expect(patchOf(before, after)).toEqual({ b: { c: [1, 2] }, e: null, f: { g: 2 } });
    expect(same(mergePatch(before, patchOf(before, after)), after)).toBe(true);
    expect(patchOf(before, before)).toEqual({});
  });

  test("of both sides leaves nobody's change out", () => {
    const { merged, clashes } = bothOf(before, { ...before, a: 2, e: "mine" }, { ...after, e: "theirs" });
    expect(merged).toEqual({ a: 2, b: { c: [1, 2] }, f: { g: 2 }, e: "mine" });
    expect(clashes).toEqual([{ path: ["e"], theirs: "theirs" }]);
  });
});
