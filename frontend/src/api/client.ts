/** Requests to the hub: JSON in, JSON out; a refusal is a `HubProblem` with the hub's message. */
import { ofThisHub, reached } from "@/api/base";

export interface FieldProblem {
  field: string;
  message: string;
  /** Where in the body, as a JSON Pointer. */
  pointer?: string | null;
}

export interface NodeReason {
  sentence: string;
  code: string;
}

export class HubProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problems: readonly FieldProblem[] = [],
    /** The hub's present version of the thing, when a change came too late. */
    readonly current?: unknown,
    /** By node, why it cannot do what was asked for. */
    readonly reasons: Readonly<Record<string, NodeReason>> = {},
  ) {
    super(message);
  }

  /** The hub's message about one form field, if there is one. */
  about(field: string): string | undefined {
    return this.problems.find((problem) => problem.field === field)?.message;
  }
}

const KEY = ofThisHub("vibes-api-key");
let ticket = "";

export const apiKey = {
  get: () => localStorage.getItem(KEY) ?? "",
  set: (key: string) => localStorage.setItem(KEY, key),
  forget: () => localStorage.removeItem(KEY),
};

export async function request<Answer>(
  method: string,
  path: string,
  body?: unknown,
  extra?: HeaderFields,
): Promise<Answer> {
  const response = await send(method, path, body, extra);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

export async function download(method: string, path: string, body?: unknown): Promise<Blob> {
  return (await send(method, path, body)).blob();
}

/** Sends a file of the person's own as a multipart form. */
export async function upload<Answer>(path: string, file: Blob, name: string): Promise<Answer> {
  const form = new FormData();
  form.append("file", file, name);
  return (await (await send("POST", path, form)).json()) as Answer;
}

/** Opens an answer that arrives bit by bit; an EventSource could not send the key. */
export const open = (path: string, extra: HeaderFields, signal: AbortSignal): Promise<Response> =>
  send("GET", path, undefined, extra, signal);

export const get = <Answer>(path: string) => request<Answer>("GET", path);
export const post = <Answer>(path: string, body?: unknown) => request<Answer>("POST", path, body ?? {});

/** JSON that is sent as it is written: numbers in it may be larger than a browser can read and write again. */
export class WrittenJson {
  constructor(readonly text: string) {}
}

let unanswered = { text: "", key: "" };

/** Repeats a submission when its answer was lost, under the same key, so that it is done once. */
export async function postOnce<Answer>(path: string, body: unknown): Promise<Answer> {
  const text = `${path} ${JSON.stringify(body)}`;
  if (text !== unanswered.text) unanswered = { text, key: crypto.getRandomValues(new Uint32Array(4)).join("-") };
  const answered = () => (unanswered = { text: "", key: "" });
  try {
    const answer = await request<Answer>("POST", path, body, { "Idempotency-Key": unanswered.key });
    answered();
    return answer;
  } catch (error) {
    if (error instanceof HubProblem && error.status) answered();
    throw error;
  }
}

type HeaderFields = Readonly<Record<string, string>>;

/** The response itself, for callers that need its headers. */
export async function send(
  method: string,
  path: string,
  body?: unknown,
  extra: HeaderFields = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  const headers: Record<string, string> = { ...extra };
  if (body !== undefined && !(body instanceof FormData)) headers["Content-Type"] = "application/json";
  if (apiKey.get()) headers["X-API-Key"] = apiKey.get();
  let response: Response;
  try {
    response = await fetch(reached(path), {
      method,
      headers,
      ...contentOf(body),
      ...(signal && { signal, keepalive: false }),
    });
  } catch {
    throw new HubProblem(
      0,
      "hub_down",
      "The hub does not answer. What it has accepted is safe; it goes on when it is back.",
    );
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** A page that is left may still say something short. */
function contentOf(body: unknown): RequestInit {
  if (body === undefined) return {};
  if (body instanceof FormData) return { body }; // the browser writes its Content-Type, with the boundary
  const text = body instanceof WrittenJson ? body.text : JSON.stringify(body);
  return { body: text, keepalive: text.length < 30_000 };
}

async function problemOf(response: Response): Promise<HubProblem> {
  try {
    const body = (await response.json()) as {
      code?: string;
      detail?: string;
      title?: string;
      errors?: FieldProblem[];
      current?: unknown;
      reasons?: Record<string, string>;
      reason_codes?: Record<string, string>;
    };
    const text = body.detail ?? body.title ?? response.statusText;
    const told = Object.entries(body.reasons ?? {});
    const reasons = told.map(
      ([node, sentence]) => [node, { sentence, code: body.reason_codes?.[node] ?? "" }] as const,
    );
    const known = Object.fromEntries(reasons);
    return new HubProblem(response.status, body.code ?? "error", text, body.errors ?? [], body.current, known);
  } catch {
    return new HubProblem(response.status, "error", fromBefore(response));
  }
}

/** What an answer means that no hub has written, but most likely a proxy before it. */
function fromBefore({ status, statusText }: Response): string {
  if (status === 413) return "Something before the hub takes no file of this size: its limit must be 33 MB.";
  if ([502, 503, 504].includes(status)) return `Something before the hub answers ${status}: it does not reach the hub.`;
  return `The hub answered ${status} ${statusText}.`;
}

/** A hub with a key lets images and the WebSocket in by a short-lived ticket, for they cannot send headers. */
export async function renewTicket(): Promise<void> {
  if (apiKey.get()) ticket = (await post<{ ticket: string }>("/api/ticket")).ticket;
}

/** The address of an image, as the hub names it, or of its WebSocket, for an element of this page. */
export function withTicket(path: string): string {
  const url = reached(path);
  if (!ticket) return url;
  return `${url}${url.includes("?") ? "&" : "?"}ticket=${encodeURIComponent(ticket)}`;
}
