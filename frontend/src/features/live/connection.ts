/** One WebSocket to the open session: resumes where it was, comes back by itself, never gives up. */
import { renewTicket, withTicket } from "@/api/client";
import { messageOf, previewOf, type LiveMessage, type Preview } from "@/api/events";
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
    this.listeners.connection(this.listeners.seq() ? "lost" : "connecting");
    await renewTicket().catch(() => undefined);
    if (this.#ended || attempt !== this.#attempt) return;
    const socket = new WebSocket(urlOf(this.sessionId, this.listeners.seq()));
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#heardAt = Date.now();
      this.#pause = FIRST_PAUSE_MS;
      this.listeners.connection("live");
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.#heardAt = Date.now();
      take(data, this.listeners);
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
    this.#retry = setTimeout(() => void this.#open(), this.#pause * (0.75 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }

  get #silent(): boolean {
    return Date.now() - this.#heardAt > SILENCE_MS;
  }

  readonly #reopen = (): void => {
    if (this.#socket?.readyState === WebSocket.OPEN && !this.#silent) return;
    const dead = this.#socket;
    this.#socket = null; // so that its closing, which comes later, is not taken for a loss
    dead?.close();
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

function take(data: string | ArrayBuffer, listeners: Listeners): void {
  if (typeof data === "string") {
    const message = messageOf(data);
    if (message) listeners.message(message);
  } else {
    const preview = previewOf(data);
    if (preview) listeners.preview(preview);
  }
}

function urlOf(sessionId: string, seq: number): string {
  const origin = location.origin.replace(/^http/, "ws");
  return withTicket(`${origin}/ws/session/${encodeURIComponent(sessionId)}${seq ? `?since=${seq}` : ""}`);
}
