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
  let socket: WebSocket | null = null;
  let pause = FIRST_PAUSE_MS;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let heardAt = 0;
  let attempt = 0;
  let ended = false;

  const open = async () => {
    clearTimeout(retry);
    const mine = ++attempt;
    listeners.connection(listeners.seq() ? "lost" : "connecting");
    await renewTicket().catch(() => undefined);
    if (ended || mine !== attempt) return;
    const current = (socket = new WebSocket(urlOf(sessionId, listeners.seq())));
    current.binaryType = "arraybuffer";
    current.onopen = () => {
      heardAt = Date.now();
      pause = FIRST_PAUSE_MS;
      listeners.connection("live");
    };
    current.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      heardAt = Date.now();
      take(data, listeners);
    };
    current.onclose = ({ code }) => {
      if (ended || current !== socket) return;
      if (code === UNKNOWN_SESSION) {
        end();
        listeners.gone();
        return;
      }
      listeners.connection("lost");
      retry = setTimeout(() => void open(), pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    };
  };

  const reopen = () => {
    const silent = Date.now() - heardAt > SILENCE_MS;
    if (socket?.readyState === WebSocket.OPEN && !silent) return;
    const dead = socket;
    socket = null; // so that its closing, which comes later, is not taken for a loss
    dead?.close();
    void open();
  };
  const ping = setInterval(() => {
    if (socket?.readyState === WebSocket.OPEN) socket.send("ping");
    if (heardAt && Date.now() - heardAt > SILENCE_MS) reopen();
  }, PING_MS);
  const wake = () => document.visibilityState === "visible" && reopen();
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", reopen);

  const end = () => {
    ended = true;
    clearTimeout(retry);
    clearInterval(ping);
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("online", reopen);
    socket?.close();
  };
  void open();
  return end;
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
