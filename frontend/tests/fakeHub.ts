/** A small hub in memory: answers what the studio asks, tells the sockets what happens; the test plays its GPUs. */
import { act } from "@testing-library/react";
import { vi } from "vitest";

import type { FieldProblem } from "@/api/client";
import type { NumberedEvent } from "@/api/events";
import { isMembers } from "@/lib/mergePatch";
import type {
  Batch,
  BatchRequest,
  Estimate,
  Flows,
  FlowType,
  Generation,
  Gpu,
  Intent,
  SessionDetail,
  WorkflowDetail,
} from "@/api/types";

import {
  generationId,
  makeBatch,
  makeGeneration,
  makeGpu,
  makeImage,
  makeSession,
  makeStage,
  SESSION_ID,
} from "./factories";

export interface Asked {
  call: string;
  body: Record<string, unknown>;
}

interface Request {
  method: string;
  body?: string | FormData;
  headers?: Readonly<Record<string, string>>;
}

/** Nobody who says something waits until it is heard. */
const ROOMY = { highWaterMark: 100 };

interface Refusal {
  status: number;
  code: string;
  detail: string;
  errors?: FieldProblem[];
  reasons?: Record<string, string>;
  reason_codes?: Record<string, string>;
}

type Unnumbered<Event> = Event extends unknown ? Omit<Event, "seq"> : never;

export class FakeHub {
  readonly asked: Asked[] = [];
  readonly sessions = new Map<string, SessionDetail>();
  /** Pictures of other sessions. */
  readonly elsewhere = new Map<string, Generation>();
  gpus: Gpu[] = [makeGpu({ id: "attic", name: "Attic 3060" }), makeGpu({ id: "cellar", name: "Cellar 4090" })];
  loras = [
    { name: "ink.safetensors", nodes: ["attic", "cellar"] },
    { name: "styles/watercolour.safetensors", nodes: ["attic"] },
  ];
  flows: Flows = FLOWS;
  workflows: WorkflowDetail[] = WORKFLOWS;
  estimate: Estimate = {
    eta_seconds: 13,
    eta_range_seconds: [12, 15],
    lower_bound_seconds: 11,
    gpus: [
      { gpu_id: "cellar", count: 6, cost_usd: 0 },
      { gpu_id: "attic", count: 2, cost_usd: 0 },
    ],
    waiting_for: null,
    waiting_code: null,
    models: [],
    free: {
      eta_seconds: 13,
      eta_range_seconds: [12, 15],
      gpus: [],
      cost_usd: 0,
      paid_pictures: 0,
      waiting_for: null,
      waiting_code: null,
    },
    paid: null,
  };
  readonly sockets = new Set<{ sessionId: string; tell: (message: unknown) => void }>();
  /** What the session's pictures were asked to be. */
  intent: Intent = { session_id: SESSION_ID, version: 0, wishes: [], kept: [], removed: [], asked_for: [] };
  /** Called once a new intent has arrived and before it is taken. */
  beforePut: (() => void) | null = null;
  #answers = new Map<string, unknown>();
  #streams = new Map<string, ReadableStream<Uint8Array>>();
  #refusals = new Map<string, Refusal>();
  #gates = new Map<string, Promise<void>>();
  #seq = 1000;
  #made = 500;

  /** The bodies of every call such as "POST /api/generate/batch". */
  bodies(call: string): Record<string, unknown>[] {
    return this.asked.filter((each) => each.call === call).map(({ body }) => body);
  }

  refuse(call: string, refusal: Refusal): void {
    this.#refusals.set(call, refusal);
  }

  /** What this call is answered with from now on. */
  give(call: string, answer: unknown): void {
    this.#answers.set(call, answer);
  }

  /** The next answer to this call comes as server-sent events, as the test says them. */
  stream(call: string): { say: (event: string, data: unknown) => Promise<void>; end: () => Promise<void> } {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, ROOMY);
    this.#streams.set(call, readable);
    const writer = writable.getWriter();
    const text = (event: string, data: unknown) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    return {
      say: (event, data) => writer.write(new TextEncoder().encode(text(event, data))),
      end: () => writer.close(),
    };
  }

  accept(call: string): void {
    this.#refusals.delete(call);
  }

  /** Answers to this call wait until what is returned is called. */
  hold(call: string): () => void {
    let open = () => {};
    this.#gates.set(call, new Promise((resolve) => (open = resolve)));
    return () => open();
  }

  /** The pictures of a stage, in the order in which they were asked for. */
  stage(stage: number): Generation[] {
    return [...this.sessions.values()].flatMap(({ generations }) => generations).filter((each) => each.stage === stage);
  }

  draw(generation: Generation, node_id: string, current = 0, total = 10): void {
    Object.assign(this.#find(generation.id), { status: "generating", gpu_id: node_id });
    const { id: generation_id, batch_id } = generation;
    act(() => {
      this.#tell({ type: "generating", generation_id, batch_id, node_id });
      this.#tell({ type: "progress", generation_id, node_id, current, total, loading: null, ...this.#tally(batch_id) });
    });
  }

  complete(...generations: Generation[]): void {
    for (const { id: generation_id, batch_id, gpu_id } of generations) {
      const urls = urlsOf(generation_id);
      const node_id = gpu_id ?? "attic";
      Object.assign(this.#find(generation_id), {
        ...urls,
        status: "complete",
        gpu_id: node_id,
        generation_time_ms: 4000,
      });
      act(() =>
        this.#tell({
          type: "complete",
          generation_id,
          node_id,
          seconds: 4,
          media_type: "image/png",
          ...urls,
          ...this.#tally(batch_id),
        }),
      );
    }
  }

  fail({ id: generation_id, batch_id }: Generation, message: string): void {
    Object.assign(this.#find(generation_id), { status: "failed", error_message: message });
    act(() => this.#tell({ type: "failed", cause: "errored", generation_id, message, ...this.#tally(batch_id) }));
  }

  async answer(path: string, { method, body: text, headers = {} }: Request): Promise<Response> {
    const call = `${method} ${path}`;
    const body = typeof text === "object" ? {} : (JSON.parse(text ?? "{}") as Record<string, unknown>); // a form has a file
    this.asked.push({ call, body });
    await this.#gates.get(call);
    const refusal = this.#refusals.get(call);
    if (refusal) return Response.json(refusal, { status: refusal.status });
    const stream = this.#streams.get(call);
    if (stream) return new Response(stream, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
    if (this.#answers.has(call)) return Response.json(this.#answers.get(call));
    if (path.endsWith("/intent")) return this.#intent(method, body, headers["If-Match"]);
    for (const [pattern, answer] of ROUTES) {
      const found = pattern.exec(call);
      if (!found) continue;
      const given = answer(this, found[1] ?? "", body as never);
      if (given) return Response.json(given);
    }
    return Response.json({ code: "not_found", detail: `${path} is not known` }, { status: 404 });
  }

  #intent(method: string, body: Record<string, unknown>, seen?: string): Response {
    if (method === "PUT") {
      this.beforePut?.();
      if (seen !== `"${this.intent.version}"`)
        return Response.json({ code: "intent_changed", detail: "it was changed meanwhile" }, { status: 412 });
      this.intent = { ...this.intent, version: this.intent.version + 1, wishes: body["wishes"] as Intent["wishes"] };
    }
    return Response.json(this.intent, { headers: { ETag: `"${this.intent.version}"` } });
  }

  snapshotOf(sessionId: string): unknown {
    return {
      type: "snapshot",
      seq: this.#seq,
      session: this.sessions.get(sessionId),
      gpus: this.gpus,
      paused_since: null,
    };
  }

  create({
    config,
    flow_type = "draft_grid",
  }: {
    config: Record<string, unknown>;
    flow_type?: FlowType;
  }): SessionDetail {
    const session = makeSession({ id: SESSION_ID, flow_type, config });
    this.sessions.set(session.id, session);
    return session;
  }

  batch(body: BatchRequest): Batch | undefined {
    const session = this.sessions.get(body.session_id ?? "");
    if (!session) return undefined;
    const batch_id = `ba7c0000-0000-4000-8000-${String(++this.#made).padStart(12, "0")}`;
    const created_at = new Date(Date.UTC(2026, 10, 21, 9) + this.#made * 60_000).toISOString();
    const generations = Array.from({ length: body.count }, (_, index) =>
      makeGeneration({
        id: generationId(++this.#made),
        ...{ session_id: session.id, batch_id, created_at },
        ...{
          stage: body.stage ?? 0,
          task_type: body.task_type,
          prompt: body.prompt ?? "",
          model_family: body.model_family ?? "sd15",
        },
        parent_id: body.from?.[index % body.from.length] ?? null,
      }),
    );
    session.generations.push(...generations);
    return makeBatch({ batch_id, session_id: session.id, generations: generations.map((each) => ({ ...each })) });
  }

  moveTo(sessionId: string, stage: number): SessionDetail | undefined {
    const session = this.sessions.get(sessionId);
    if (!session) return undefined;
    session.current_stage = stage;
    this.#tell({ type: "stage", stage });
    return session;
  }

  patch(
    sessionId: string,
    fields: { current_stage?: number; changes?: Record<string, unknown> },
  ): SessionDetail | undefined {
    const session = this.sessions.get(sessionId);
    if (session && fields.changes) {
      session.config = mergePatch(session.config, fields.changes);
      this.#tell({ type: "session", version: ++session.version });
    }
    return fields.current_stage === undefined
      ? this.sessions.get(sessionId)
      : this.moveTo(sessionId, fields.current_stage);
  }

  retry(id: string): Generation {
    const generation = Object.assign(this.#find(id), { status: "queued", error_message: null });
    this.#tell({ type: "queued", generation_id: id, batch_id: generation.batch_id, cause: "retry", reason: "retry" });
    return generation;
  }

  rate(id: string, rating: number | null): Generation {
    return { ...Object.assign(this.#find(id), { rating }) };
  }

  star(id: string, starred: boolean): Generation {
    return { ...Object.assign(this.#find(id), { starred }) };
  }

  #find(id: string): Generation {
    const all = [...[...this.sessions.values()].flatMap(({ generations }) => generations), ...this.elsewhere.values()];
    const found = all.find((each) => each.id === id);
    if (!found) throw new Error(`the hub knows no generation ${id}`);
    return found;
  }

  #tally(batch_id: string) {
    const members = [...this.sessions.values()]
      .flatMap(({ generations }) => generations)
      .filter((each) => each.batch_id === batch_id);
    const completed = members.filter((each) => each.status === "complete").length;
    return { batch_id, completed, batch_total: members.length, eta_seconds: 30 };
  }

  #tell(event: Unnumbered<NumberedEvent>): void {
    const message = { ...event, seq: ++this.#seq };
    for (const socket of this.sockets) socket.tell(message);
  }
}

/** RFC 7396. */
export function mergePatch(target: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...target };
  for (const [name, change] of Object.entries(patch)) {
    const inner = isMembers(merged[name]) ? merged[name] : {};
    if (change === null) delete merged[name];
    else merged[name] = isMembers(change) ? mergePatch(inner, change) : change;
  }
  return merged;
}

const urlsOf = (id: string) => ({ image_url: `/api/images/s/${id}`, thumbnail_url: `/api/images/s/${id}/thumb` });

/** A picture that is there. */
export const drawn = (index: number, fields: Partial<Generation> = {}): Generation =>
  makeGeneration({
    id: generationId(index),
    ...{ status: "complete", gpu_id: "attic", generation_time_ms: 4000 },
    ...urlsOf(generationId(index)),
    images: [makeImage({ url: `/api/images/s/${generationId(index)}` })],
    ...fields,
  });

const ROUTES: [RegExp, (hub: FakeHub, id: string, body: never) => unknown][] = [
  [/^GET \/api\/flows$/, (hub) => hub.flows],
  [/^GET \/api\/gpus$/, (hub) => ({ gpus: hub.gpus, config_problems: [], hub_problems: [] })],
  [/^GET \/api\/workflow\/catalog$/, (hub) => ({ loras: hub.loras })],
  [/^GET \/api\/workflows$/, (hub) => ({ workflows: hub.workflows })],
  [/^GET \/api\/workflows\/([^/]+)$/, (hub, id) => hub.workflows.find((each) => each.id === id)],
  [/^POST \/api\/generate\/estimate$/, (hub) => hub.estimate],
  [/^POST \/api\/generate\/batch$/, (hub, _, body: BatchRequest) => hub.batch(body)],
  [/^POST \/api\/sessions$/, (hub, _, body: Parameters<FakeHub["create"]>[0]) => hub.create(body)],
  [/^GET \/api\/sessions\/([^/]+)\/config$/, (hub, id) => hub.sessions.get(id)],
  [/^GET \/api\/sessions\/([^/]+)$/, (hub, id) => hub.sessions.get(id)],
  [/^PATCH \/api\/sessions\/([^/]+)$/, (hub, id, body: Record<string, never>) => hub.patch(id, body)],
  [
    /^POST \/api\/sessions\/([^/]+)\/advance$/,
    (hub, id) => hub.moveTo(id, (hub.sessions.get(id)?.current_stage ?? 0) + 1),
  ],
  [/^GET \/api\/generations\/([^/]+)$/, (hub, id) => hub.elsewhere.get(id)],
  [/^POST \/api\/generations\/([^/]+)\/rate$/, (hub, id, body: { rating: number | null }) => hub.rate(id, body.rating)],
  [/^POST \/api\/generations\/([^/]+)\/star$/, (hub, id, body: { starred: boolean }) => hub.star(id, body.starred)],
  [/^POST \/api\/generations\/([^/]+)\/retry$/, (hub, id) => hub.retry(id)],
];

/** The hub behind `fetch` and `WebSocket` until the globals are unstubbed. */
export function startHub(): FakeHub {
  const hub = new FakeHub();
  vi.stubGlobal("fetch", (path: string, init: { method: string; body?: string }) => hub.answer(path, init));
  vi.stubGlobal(
    "WebSocket",
    class {
      static readonly OPEN = 1;
      readonly readyState = 1;
      readonly sessionId: string;
      onopen: (() => void) | null = null;
      onmessage: ((event: { data: string }) => void) | null = null;
      onclose: ((event: { code: number }) => void) | null = null;

      constructor(url: string) {
        this.sessionId = url.replace(/^.*\/ws\/session\/|\?.*$/g, "");
        hub.sockets.add(this);
        queueMicrotask(() => {
          if (!hub.sessions.has(this.sessionId)) return this.onclose?.({ code: 4404 });
          this.onopen?.();
          return this.tell(hub.snapshotOf(this.sessionId));
        });
      }

      tell(message: unknown): void {
        this.onmessage?.({ data: JSON.stringify(message) });
      }

      /** A ping is all that the studio says; unanswered, it takes the line for dead. */
      send(text: string): void {
        if (text === "ping") queueMicrotask(() => this.tell({ type: "pong" }));
      }

      close(): void {
        hub.sockets.delete(this);
      }
    },
  );
  return hub;
}

const sdxl = { model_family: "sdxl", width: 1024, height: 1024 };

const FLOWS: Flows = {
  default: "classic",
  presets: {
    classic: {
      description: "SD 1.5, then SDXL",
      stages: [
        makeStage(),
        makeStage({ ...sdxl, name: "refined", count: 8, task_type: "standard", steps: 25, denoise_strength: 0.55 }),
        makeStage({ ...sdxl, name: "polished", count: 3, task_type: "quality", steps: 35, denoise_strength: 0.4 }),
        makeStage({ ...sdxl, name: "final", count: 1, task_type: "quality", steps: 50, denoise_strength: 0.3 }),
      ],
    },
    one_model: { description: "one model", stages: [makeStage({ model_family: "z-image", steps: 8 })] },
  },
};

function makeWorkflow(
  id: string,
  family: string,
  operation: "txt2img" | "img2img",
  properties: object,
): WorkflowDetail {
  return {
    ...{ id, operation, families: [family], description: id, stale: false, nodes: [] },
    ...{ supports_lora: true, max_loras: 2, needs_image: operation === "img2img", parameters: Object.keys(properties) },
    parameters_schema: {
      type: "object",
      properties: { prompt: { type: "string" }, steps: { type: "integer" }, ...properties },
    },
  };
}

const CLIP_SKIP = {
  clip_skip: { type: "integer", default: 1, minimum: 1, maximum: 12, description: "Layers left out." },
};
const CFG = { cfg_scale: { type: "number", default: 7 }, hires: { type: "boolean", default: false } };

const WORKFLOWS = [
  makeWorkflow("sd15_txt2img", "sd15", "txt2img", { ...CLIP_SKIP, ...CFG }),
  makeWorkflow("sdxl_txt2img", "sdxl", "txt2img", CFG),
  makeWorkflow("sdxl_img2img", "sdxl", "img2img", CFG),
];
