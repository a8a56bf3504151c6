import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { apiKey } from "@/api/client";
import type { LiveMessage, Preview } from "@/api/events";
import { connect } from "@/actions/live/connection";
import type { Connection } from "@/stores/uiStore";

import { generationId, makeSession, makeSnapshot, SESSION_ID } from "./factories";
import { startHub } from "./fakeHub";

/** As much of a WebSocket as the studio uses; the test plays the hub. */
class FakeSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static all: FakeSocket[] = [];

  readyState: number = FakeSocket.CONNECTING;
  binaryType = "blob";
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  /** As in a browser, the closing is told later, if at all: see `lose`. */
  close(): void {
    if (this.readyState < FakeSocket.CLOSING) this.readyState = FakeSocket.CLOSING;
  }

  accept(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }

  tell(data: unknown): void {
    this.onmessage?.({ data: data instanceof ArrayBuffer ? data : JSON.stringify(data) });
  }

  lose(code = 1006): void {
    this.readyState = FakeSocket.CLOSED;
    this.onclose?.({ code });
  }

  get alive(): boolean {
    return this.readyState <= FakeSocket.OPEN;
  }
}

let seq: number;
let messages: LiveMessage[];
let shown: Preview[];
let connections: Connection[];
let gone: number;
let end: () => void;

/** The ticket, if any, is awaited before a socket is made. */
const settle = () => vi.advanceTimersByTimeAsync(0);
const sockets = () => FakeSocket.all;

function latest(): FakeSocket {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error("no socket was made");
  return socket;
}

async function open(): Promise<FakeSocket> {
  end = connect(SESSION_ID, {
    message: (message) => {
      messages.push(message);
      seq = message.seq;
    },
    preview: (preview) => shown.push(preview),
    connection: (connection) => connections.push(connection),
    gone: () => gone++,
    seq: () => seq,
  });
  await settle();
  return latest();
}

async function opened(): Promise<FakeSocket> {
  const socket = await open();
  socket.accept();
  return socket;
}

/** How long it takes until there is one socket more. */
async function pauseBeforeNext(): Promise<number> {
  const before = sockets().length;
  const from = Date.now();
  while (sockets().length === before) {
    if (Date.now() - from > 60_000) throw new Error("no other socket within a minute");
    await vi.advanceTimersByTimeAsync(10);
  }
  return Date.now() - from;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5); // pauses as they are, neither shortened nor stretched
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  seq = 0;
  messages = [];
  shown = [];
  connections = [];
  gone = 0;
});

afterEach(() => {
  end();
  localStorage.clear();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("an open line", () => {
  test("goes to the session's address, asks for everything at first, and says that it is live", async () => {
    const socket = await open();
    expect(socket.url).toBe(`${location.origin.replace("http", "ws")}/ws/session/${SESSION_ID}`);
    expect(connections).toEqual(["connecting"]);
    socket.accept();
    expect(connections).toEqual(["connecting", "live"]);
  });

  test("hands on what the hub tells, in order, and nothing that is not for the studio", async () => {
    const note = vi.spyOn(console, "info").mockImplementation(() => undefined);
    const socket = await opened();
    const snapshot = makeSnapshot({ seq: 5 });
    socket.tell(snapshot);
    socket.tell({ type: "pong" });
    expect(note).not.toHaveBeenCalled();
    socket.tell({ type: "weather", seq: 6, sun: true });
    expect(note.mock.calls.flat()).toEqual([expect.stringContaining("weather")]);
    const stage = { type: "stage", stage: 1, seq: 7, later: "fields of a newer hub" };
    socket.tell(stage);
    expect(messages).toEqual([snapshot, stage]);
    expect(sockets()).toHaveLength(1);
  });

  const { session, ...rest } = makeSnapshot();
  test.each([
    ["not JSON", "{"],
    ["nothing", "null"],
    ["no type", "{}"],
    ["no number", JSON.stringify({ type: "stage", stage: 1 })],
    ["a text for a number", JSON.stringify({ type: "stage", stage: "one", seq: 6 })],
    ["a state without a session", JSON.stringify(rest)],
    ["a picture without an id", JSON.stringify({ ...rest, session: { ...session, generations: [{}] } })],
  ])("asks for all anew when it is told what cannot be read: %s", async (_, data) => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const socket = await opened();
    socket.tell(makeSnapshot({ seq: 5 }));
    socket.onmessage?.({ data });
    expect(socket.readyState).toBe(FakeSocket.CLOSING);
    socket.tell({ type: "stage", stage: 3, seq: 6 }); // what comes late down the line that was left
    expect(await pauseBeforeNext()).toBeLessThanOrEqual(310);
    expect(latest().url).not.toContain("since");
    latest().accept();
    latest().tell(makeSnapshot({ seq: 8 }));
    expect(messages.map((each) => each.seq)).toEqual([5, 8]);
    latest().lose();
    await pauseBeforeNext();
    expect(latest().url, "numbers count again").toContain("since=8");
  });

  test("asks ever less often when the answer cannot be read either", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    await opened();
    const pauses = [];
    for (let time = 0; time < 6; time++) {
      latest().onmessage?.({ data: "{" });
      pauses.push(await pauseBeforeNext());
      latest().accept();
    }
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(5000);
  });

  test("asks whether anybody is there every fifteen seconds", async () => {
    const socket = await opened();
    await vi.advanceTimersByTimeAsync(14_999);
    expect(socket.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(socket.sent).toEqual(["ping"]);
  });

  test("is answered by the hub that plays in the other stories, however long they take", async () => {
    const hub = startHub();
    hub.sessions.set(SESSION_ID, makeSession());
    end = connect(SESSION_ID, {
      message: (message) => messages.push(message),
      preview: (preview) => shown.push(preview),
      connection: (connection) => connections.push(connection),
      gone: () => gone++,
      seq: () => 0,
    });
    await settle();
    const before = [...hub.sockets];
    await vi.advanceTimersByTimeAsync(120_000);
    expect(before).toHaveLength(1);
    expect([...hub.sockets]).toEqual(before);
    expect(messages.map(({ type }) => type)).toEqual(["snapshot"]);
    expect(connections).toEqual(["connecting", "live"]);
  });
});

describe("a preview", () => {
  /** Byte 0: kind; byte 1: format; bytes 2–17: the generation's UUID; then the image. */
  function frame(kind: number, format: number, id: string, image: readonly number[]): ArrayBuffer {
    const uuid = (id.replaceAll("-", "").match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    return new Uint8Array([kind, format, ...uuid, ...image]).buffer;
  }

  const ID = "0a1b2c3d-4e5f-4a6b-8c7d-0e9f00ff1001";

  test.each([
    [1, "image/jpeg", [0xff, 0xd8, 0x00, 0x10]],
    [2, "image/png", [0x89, 0x50, 0x4e, 0x47, 0x00]],
  ])("in format %i is taken apart into the picture's id and a %s", async (format, type, bytes) => {
    const socket = await opened();
    expect(socket.binaryType).toBe("arraybuffer");
    socket.tell(frame(1, format, ID, bytes));
    expect(shown.map(({ generationId: id, image }) => [id, image.type])).toEqual([[ID, type]]);
    vi.useRealTimers(); // jsdom reads a blob by a timer of its own
    const read = await new Promise<ArrayBuffer>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result as ArrayBuffer);
      reader.readAsArrayBuffer((shown[0] as Preview).image);
    });
    expect([...new Uint8Array(read)]).toEqual(bytes);
    expect(messages).toEqual([]);
  });

  test("that is cut short, empty or of another kind is passed over", async () => {
    const socket = await opened();
    socket.tell(new ArrayBuffer(0));
    socket.tell(frame(1, 1, ID, []).slice(0, 17));
    socket.tell(frame(2, 1, ID, [1, 2, 3]));
    expect(shown).toEqual([]);
    socket.tell(frame(1, 1, generationId(1), [1]));
    expect(shown.map((preview) => preview.generationId)).toEqual([generationId(1)]);
  });
});

describe("a line that breaks", () => {
  test("is opened again from the last number on", async () => {
    const socket = await opened();
    socket.tell(makeSnapshot({ seq: 1234 }));
    socket.lose();
    expect(connections).toEqual(["connecting", "live", "lost"]);
    await pauseBeforeNext();
    expect(latest().url).toMatch(/\/ws\/session\/[^?]+\?since=1234$/);
    latest().accept();
    expect(connections.at(-1)).toBe("live");
  });

  test("is tried again after growing pauses, up to five seconds, for ever", async () => {
    const socket = await opened();
    socket.lose();
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      pauses.push(await pauseBeforeNext());
      latest().lose();
    }
    expect(pauses).toEqual([300, 600, 1200, 2400, 4800, 5000, 5000, 5000]);
  });

  test("pauses at most a quarter shorter or longer, so that not all windows come at once", async () => {
    const pauses: number[] = [];
    for (const chance of [0, 0.9999]) {
      const socket = await opened();
      vi.mocked(Math.random).mockReturnValue(chance);
      socket.lose();
      pauses.push(await pauseBeforeNext());
      end();
    }
    expect(pauses).toEqual([230, 380]);
  });

  test("starts with a short pause again after it was live", async () => {
    const socket = await opened();
    socket.lose();
    for (let attempt = 0; attempt < 4; attempt++) {
      await pauseBeforeNext();
      latest().lose();
    }
    await pauseBeforeNext();
    latest().accept();
    latest().lose();
    expect(await pauseBeforeNext()).toBe(300);
  });

  test("is opened at once when the network is back or the window is looked at, without waiting for the pause", async () => {
    const socket = await opened();
    socket.lose();
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(sockets()).toHaveLength(2);
    latest().lose();
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(sockets()).toHaveLength(3);
    latest().accept();
    await vi.advanceTimersByTimeAsync(5000);
    expect(sockets()).toHaveLength(3);
  });

  test("is left alone when it is well", async () => {
    await opened();
    window.dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(sockets()).toHaveLength(1);
  });

  test("is opened once, not twice, when the network and the window come back together", async () => {
    const socket = await opened();
    socket.lose();
    window.dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(sockets().filter((each) => each.alive)).toHaveLength(1);
  });
});

describe("a line that is silent", () => {
  test("is given up and opened again, though the browser believes in it", async () => {
    const socket = await opened();
    socket.tell(makeSnapshot({ seq: 77 }));
    await vi.advanceTimersByTimeAsync(44_999);
    expect(sockets()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets()).toHaveLength(2);
    expect(socket.alive).toBe(false);
    expect(latest().url).toContain("since=77");
    expect(connections.at(-1)).toBe("lost");
  });

  test("is kept as long as pings are answered", async () => {
    const socket = await opened();
    for (let ping = 0; ping < 20; ping++) {
      await vi.advanceTimersByTimeAsync(15_000);
      socket.tell({ type: "pong" });
    }
    expect(sockets()).toHaveLength(1);
    expect(socket.sent).toHaveLength(20);
  });

  test("does not lead to two lines when its end is told only later, while a ticket is asked for", async () => {
    apiKey.set("secret");
    const answers: (() => void)[] = [];
    const ticket = () => new Response(JSON.stringify({ ticket: "" }));
    vi.stubGlobal("fetch", () => new Promise((resolve) => answers.push(() => resolve(ticket()))));
    const answer = () => {
      answers.splice(0).forEach((each) => each());
      return settle();
    };
    end = connect(SESSION_ID, {
      message: () => undefined,
      preview: () => undefined,
      connection: () => undefined,
      gone: () => undefined,
      seq: () => 0,
    });
    await answer();
    const socket = latest();
    socket.accept();
    await vi.advanceTimersByTimeAsync(45_000); // silence: it is closed, a new ticket is asked for
    socket.lose();
    await answer();
    latest().accept();
    await vi.advanceTimersByTimeAsync(5000);
    await answer();
    expect(sockets()).toHaveLength(2);
  });
});

describe("a session that was deleted", () => {
  test("is said to be gone, once, and never asked for again", async () => {
    const socket = await opened();
    socket.lose(4404);
    expect(gone).toBe(1);
    await vi.advanceTimersByTimeAsync(120_000);
    window.dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sockets()).toHaveLength(1);
    expect(gone).toBe(1);
  });
});

describe("the end", () => {
  test("closes the line, and nothing opens it again", async () => {
    const socket = await opened();
    end();
    expect(socket.alive).toBe(false);
    socket.lose(1000);
    window.dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sockets()).toHaveLength(1);
    expect(socket.sent).toEqual([]);
    expect(connections).toEqual(["connecting", "live"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("during a pause is the end of trying", async () => {
    const socket = await opened();
    socket.lose();
    end();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sockets()).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("before the line was ever made keeps it from being made", async () => {
    end = connect(SESSION_ID, {
      message: () => undefined,
      preview: () => undefined,
      connection: () => undefined,
      gone: () => undefined,
      seq: () => 0,
    });
    end();
    await settle();
    expect(sockets()).toEqual([]);
  });
});
