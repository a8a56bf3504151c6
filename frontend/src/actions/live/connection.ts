/** One WebSocket to the open session: resumes where it was, comes back by itself, never gives up. */
import { reached } from "@/api/base";
import { renewTicket, withTicket } from "@/api/client";
import { liveMessageOf, previewOf, type LiveMessage, type Preview } from "@/api/events";
import type { Connection } from "@/stores/uiStore";

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5000;
const PING_MS = 15_000;
/** Nothing heard for so long, not even the answer to a ping: the line is dead, whatever the browser thinks. */
const SILENCE_MS = 35_000;
const UNKNOWN_SESSION = 4404;

export interface Listeners {
  message: (message: LiveMessage) => void;
  preview: (preview: Preview) => void;
  connection: (connection: Connection) => void;
  /** The session was deleted. */
  gone: () => void;
  /** The number of the last event that was taken in; the hub tells what came after it. */
  seq: () => number;
}

/** Answers how to end it. */
export function connect(sessionId: string, listeners: Listeners): () => void {
  const connection = new LiveConnection(sessionId, listeners);
  connection.begin();
  return connection.end;
}

class LiveConnection {
  #socket: WebSocket | null = null;
  #pause = FIRST_PAUSE_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #ping: ReturnType<typeof setInterval> | undefined;
  #heardAt = 0;
  #attempt = 0;
  #ended = false;
  /** Something was told that could not be read: everything is asked for, whatever number was heard last. */
  #doubtful = false;

  constructor(
    private readonly sessionId: string,
    private readonly listeners: Listeners,
  ) {}

  begin(): void {
    this.#ping = setInterval(this.#check, PING_MS);
    document.addEventListener("visibilitychange", this.#wake);
    window.addEventListener("online", this.#reopen);
    void this.#open();
  }

  readonly end = (): void => {
    this.#ended = true;
    clearTimeout(this.#retry);
    clearInterval(this.#ping);
    document.removeEventListener("visibilitychange", this.#wake);
    window.removeEventListener("online", this.#reopen);
    this.#socket?.close();
  };

  async #open(): Promise<void> {
    clearTimeout(this.#retry);
    const attempt = ++this.#attempt;
    if (!this.#doubtful) this.listeners.connection(this.listeners.seq() ? "lost" : "connecting");
    await renewTicket().catch(() => undefined);
    if (this.#ended || attempt !== this.#attempt) return;
    const socket = new WebSocket(urlOf(this.sessionId, this.#doubtful ? 0 : this.listeners.seq()));
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#heardAt = Date.now();
      if (!this.#doubtful) this.#live();
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.#heardAt = Date.now();
      if (socket === this.#socket) this.#take(data);
    };
    socket.onclose = ({ code }) => {
      if (!this.#ended && socket === this.#socket) this.#closed(code);
    };
  }

  #closed(code: number): void {
    if (code === UNKNOWN_SESSION) {
      this.end();
      this.listeners.gone();
      return;
    }
    this.listeners.connection("lost");
    this.#openLater();
  }

  #openLater(): void {
    this.#retry = setTimeout(() => void this.#open(), this.#pause * (0.75 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }

  #take(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      const preview = previewOf(data);
      if (preview) this.listeners.preview(preview);
      return;
    }
    const arrival = liveMessageOf(data);
    if (arrival.kind === "malformed") this.#askAnew();
    if (arrival.kind !== "message") return;
    if (arrival.message.type === "snapshot" && this.#doubtful) {
      this.#doubtful = false;
      this.#live();
    }
    this.listeners.message(arrival.message);
  }

  #live(): void {
    this.#pause = FIRST_PAUSE_MS;
    this.listeners.connection("live");
  }

  /** After a pause that grows as long as no whole snapshot comes. */
  #askAnew(): void {
    this.#doubtful = true;
    this.listeners.connection("unreadable");
    this.#leave();
    this.#openLater();
  }

  /** Its closing, which comes later, is not taken for a loss. */
  #leave(): void {
    const left = this.#socket;
    this.#socket = null;
    left?.close();
  }

  get #silent(): boolean {
    return Date.now() - this.#heardAt > SILENCE_MS;
  }

  readonly #reopen = (): void => {
    if (this.#socket?.readyState === WebSocket.OPEN && !this.#silent) return;
    this.#leave();
    void this.#open();
  };

  readonly #check = (): void => {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send("ping");
    if (this.#heardAt && this.#silent) this.#reopen();
  };

  readonly #wake = (): void => {
    if (document.visibilityState === "visible") this.#reopen();
  };
}

function urlOf(sessionId: string, seq: number): string {
  const origin = location.origin.replace(/^http/, "ws");
  const path = reached(`/ws/session/${encodeURIComponent(sessionId)}`);
  return withTicket(`${origin}${path}${seq ? `?since=${seq}` : ""}`);
}
