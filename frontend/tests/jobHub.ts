/** A small hub in memory for the workbench: task types, uploads, jobs and their event streams; the test plays its GPUs. */
import { act } from "@testing-library/react";
import { vi } from "vitest";

import type { JobEvent } from "@/api/jobEvents";
import type { Artifact, Catalog, Generation, Job, JobPicture, JobTask, TaskType } from "@/api/types";

import { generationId, makeGeneration, MOMENT, SESSION_ID } from "./factories";

export interface JobBody {
  kind: string;
  payload: { tasks: { id: string; type: string; inputs: Record<string, unknown> }[] };
}

interface Refusal {
  status: number;
  code: string;
  detail: string;
  errors?: { field: string; message: string; pointer: string }[];
}

interface Asked {
  call: string;
  body: unknown;
  headers: Headers;
}

interface Line {
  jobId: string;
  tell: (text: string) => void;
  cut: () => void;
}

const encoder = new TextEncoder();

export class JobHub {
  readonly asked: Asked[] = [];
  types: TaskType[] = TASK_TYPES;
  catalog: Catalog = CATALOG;
  pictures: Generation[] = [];
  artifacts = new Set<string>();
  /** The id of further uploads, where it is not to be told from the file. */
  named = "";
  down = false;
  readonly jobs = new Map<string, Job>();
  readonly requests = new Map<string, JobBody>();
  lines: Line[] = [];
  #events = new Map<string, string[]>();
  #refusals = new Map<string, Refusal[]>();

  calls = (call: string): Asked[] => this.asked.filter((each) => each.call.startsWith(call));
  submitted = (): JobBody[] => this.calls("POST /api/jobs").map(({ body }) => body as JobBody);

  /** The next call of this kind is answered so, once. */
  refuse(call: string, refusal: Refusal): void {
    this.#refusals.set(call, [...(this.#refusals.get(call) ?? []), refusal]);
  }

  mistake(pointer: string, message: string): void {
    this.refuse("POST /api/jobs", {
      ...{ status: 422, code: "invalid_job", detail: `${pointer}: ${message}` },
      errors: [{ field: pointer.slice(1).replaceAll("/", "."), message, pointer }],
    });
  }

  fetch = async (
    path: string,
    { method, body, headers, signal }: RequestInit & { method: string },
  ): Promise<Response> => {
    const call = `${method} ${path.split("?")[0]}`;
    const given: unknown = typeof body === "string" ? JSON.parse(body) : body;
    this.asked.push({ call, body: given, headers: new Headers(headers) });
    if (this.down) throw new TypeError("failed to fetch");
    const refusal = this.#refusals.get(call)?.shift();
    if (refusal) return Response.json(refusal, { status: refusal.status });
    if (call.endsWith("/events")) return this.#stream(path.split("/")[3] ?? "", new Headers(headers), signal ?? null);
    const answer = await this.#answer(call, path, given);
    return answer === undefined
      ? Response.json({ code: "not_found", detail: `${path} is not known` }, { status: 404 })
      : answer instanceof Blob
        ? new Response(await answer.text())
        : Response.json(answer);
  };

  async #answer(call: string, path: string, body: unknown): Promise<unknown> {
    const id = path.split("/")[3] ?? "";
    if (call === "GET /api/workflow/task-types") return { task_types: this.types };
    if (call === "GET /api/workflow/catalog") return this.catalog;
    if (call === "POST /api/artifacts") return this.#upload(body as FormData);
    if (call.startsWith("GET /api/artifacts/")) return this.artifacts.has(id) ? new Blob(["png"]) : undefined;
    if (call.startsWith("GET /api/generations/")) return this.pictures.find((each) => each.id === id);
    if (call === "GET /api/generations") return this.#search(new URLSearchParams(path.split("?")[1]));
    if (call === "POST /api/jobs") return this.#submit(body as JobBody);
    if (call.endsWith("/request")) return { priority: "normal", max_cost_usd: 0, ...this.requests.get(id) };
    if (call === "GET /api/jobs") {
      const session = new URLSearchParams(path.split("?")[1]).get("session_id");
      const jobs = [...this.jobs.values()].reverse().filter((each) => !session || each.session_id === session);
      return { jobs, total: jobs.length, limit: 10, offset: 0 };
    }
    if (call.startsWith("DELETE /api/jobs/")) this.#note(id, ...ending(id, "cancelled", null));
    return this.jobs.get(id);
  }

  async #upload(form: FormData): Promise<Artifact> {
    const file = form.get("file") as File;
    const artifact_id = this.named || `${file.name.replace(/\W/g, "")}${file.size}`;
    this.artifacts.add(artifact_id);
    return Promise.resolve({ artifact_id, width: 64, height: 64, notes: [], written: null });
  }

  #search(query: URLSearchParams) {
    const generations = this.pictures.filter(({ prompt }) => prompt.includes(query.get("prompt") ?? ""));
    return { generations, total: generations.length, limit: 48, offset: 0 };
  }

  #submit({ payload }: JobBody): { job_id: string; status: string } {
    const job_id = `job-${this.jobs.size + 1}`;
    this.requests.set(job_id, { kind: "workflow", payload });
    this.jobs.set(job_id, makeJob({ job_id, tasks: payload.tasks.map(({ id, type }) => makeTask({ id, type })) }));
    this.#events.set(job_id, []);
    return { job_id, status: "queued" };
  }

  #stream(jobId: string, headers: Headers, signal: AbortSignal | null): Response {
    const events = this.#events.get(jobId);
    if (!events) return Response.json({ code: "unknown_job", detail: "there is no job" }, { status: 404 });
    const from = Number(headers.get("Last-Event-ID") ?? "0");
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const line = {
          jobId,
          tell: (text: string) => controller.enqueue(encoder.encode(text)),
          cut: () => {
            this.lines = this.lines.filter((each) => each !== line);
            controller.close();
          },
        };
        signal?.addEventListener("abort", () => (this.lines = this.lines.filter((each) => each !== line)));
        this.lines.push(line);
        line.tell(`retry: 1000\n\n${events.slice(from).join("")}`);
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  }

  /** Something of the job happens: what is asked for and what is told agree. */
  #note(jobId: string, event: JobEvent, change: (job: Job) => void = () => undefined): void {
    const job = structuredClone(this.jobs.get(jobId));
    if (!job) throw new Error(`the hub knows no job ${jobId}`);
    change(job);
    this.jobs.set(jobId, job);
    const events = this.#events.get(jobId) ?? [];
    const frame = `id: ${events.length + 1}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    events.push(frame);
    for (const line of this.lines) if (line.jobId === jobId) line.tell(frame);
  }

  tell(jobId: string, event: JobEvent, change?: (job: Job) => void): Promise<void> {
    return act(async () => {
      this.#note(jobId, event, change);
      await new Promise((resolve) => setTimeout(resolve)); // until the page has read its line
    });
  }

  start = (jobId: string, task: string, batch_id = `batch-${task}`): Promise<void> =>
    this.tell(
      jobId,
      { type: "task", job_id: jobId, status: "running", at: MOMENT, task_id: task, batch_id, error_message: null },
      (job) => {
        Object.assign(job, { status: "running", started_at: MOMENT });
        Object.assign(taskIn(job, task), { status: "running", batch_id, started_at: MOMENT, total: 1 });
      },
    );

  progress = (jobId: string, task: string, current: number): Promise<void> =>
    this.tell(jobId, {
      ...{
        type: "progress",
        job_id: jobId,
        batch_id: `batch-${task}`,
        generation_id: generationId(1),
        node_id: "cellar",
      },
      ...{ current, total: 10, completed: 0, batch_total: 1, eta_seconds: 7 },
    });

  draw = (jobId: string, task: string, index: number): Promise<void> => {
    const images = [makePicture(index)];
    return this.tell(
      jobId,
      {
        type: "task",
        job_id: jobId,
        status: "complete",
        at: LATER,
        task_id: task,
        batch_id: null,
        error_message: null,
        images,
      },
      (job) =>
        Object.assign(taskIn(job, task), {
          ...{ status: "complete", images, completed: 1, progress: 1, nodes: ["cellar"], seconds: 4 },
          completed_at: LATER,
        }),
    );
  };

  end(jobId: string, status: Job["status"], error: Job["error"] = null): Promise<void> {
    return this.tell(jobId, ...ending(jobId, status, error));
  }
}

function ending(job_id: string, status: Job["status"], error: Job["error"]): [JobEvent, (job: Job) => void] {
  const change = (job: Job) => {
    Object.assign(job, { status, error, completed_at: LATER });
    for (const task of job.tasks) if (task.status !== "complete") task.status = status;
    const failed = job.tasks.find(({ id }) => id === error?.task_id);
    if (failed) failed.error_message = error?.message ?? null;
  };
  return [{ type: "job", job_id, status, at: LATER, ...(error && { error }) }, change];
}

const LATER = "2026-11-21T08:00:04.000Z";

const taskIn = (job: Job, id: string): JobTask => {
  const task = job.tasks.find((each) => each.id === id);
  if (!task) throw new Error(`job ${job.job_id} has no task ${id}`);
  return task;
};

export const makePicture = (index: number): JobPicture => ({
  ...{ generation_id: generationId(index), width: 512, height: 512, seed: 42, node_id: "cellar", images: [] },
  image_url: `/api/images/s/${generationId(index)}`,
  thumbnail_url: `/api/images/s/${generationId(index)}/thumb`,
});

export const makeTask = (fields: Partial<JobTask> = {}): JobTask => ({
  ...{
    id: "t1",
    type: "sd15.text2img",
    status: "queued",
    workflow: "sd15_txt2img",
    model_family: "sd15",
    depends_on: [],
  },
  ...{ batch_id: null, progress: 0, completed: 0, total: null, nodes: [], started_at: null, completed_at: null },
  ...{ seconds: null, images: [], error_message: null },
  ...fields,
});

export const makeJob = (fields: Partial<Job> = {}): Job => ({
  ...{ job_id: "job-1", kind: "workflow", status: "queued", priority: "normal", session_id: SESSION_ID },
  ...{
    created_at: MOMENT,
    started_at: null,
    completed_at: null,
    error: null,
    progress: 0,
    result: null,
    max_cost_usd: 0,
    cost_usd: 0,
  },
  tasks: [makeTask()],
  ...fields,
});

export const storedPicture = (index: number, prompt: string): Generation =>
  makeGeneration({
    id: generationId(index),
    ...{ status: "complete", prompt, image_url: `/image/${index}`, thumbnail_url: `/thumb/${index}` },
  });

const reference = { anyOf: [{ type: "string" }, { type: "array" }] };
const image = { ...reference, title: "Image", description: "The picture to start from.", "x-picture": "image" };
const prompt = { title: "Prompt", type: "string", description: "What the picture shows.", "x-multiline": true };
const steps = { title: "Steps", type: "integer", minimum: 1, maximum: 150, default: 20 };
const count = { title: "Pictures", type: "integer", minimum: 1, maximum: 100, default: 1 };
const checkpoint = { title: "Checkpoint", type: "string", default: "old.safetensors", "x-catalog": "checkpoints" };
const seed = { title: "Seed", anyOf: [], default: "random", "x-seed": true };
const sampler = {
  ...{ title: "Sampler", type: "string", default: "euler", examples: ["euler", "heun"] },
  ...{ "x-catalog": "samplers", "x-advanced": true },
};
const tiled = { title: "Tiled", type: "boolean", default: true };
const dtype = { title: "Weight dtype", enum: ["default", "fp8"], default: "default", "x-advanced": true };
const loras = { title: "LoRAs", type: "array", maxItems: 2, "x-catalog": "loras", default: [] };

export const makeType = (type: string, properties: object, fields: Partial<TaskType> = {}): TaskType => ({
  ...{ type, description: `What ${type} does`, operation: "txt2img", families: [type.split(".")[0] ?? ""] },
  ...{
    workflows: ["some"],
    outputs: { images: "picture", seeds: "seed" },
    nodes: ["attic", "cellar"],
    reasons: {},
    reason_codes: {},
  },
  inputs_schema: {
    ...{ type: "object", properties, additionalProperties: false },
    required: ["prompt", "image", "mask"].filter((each) => each in properties),
  },
  ...fields,
});

const TASK_TYPES: TaskType[] = [
  makeType("flux.text2img", { prompt }, { nodes: [], reasons: { attic: "has no capability flux" } }),
  makeType("sd15.text2img", { prompt, steps, checkpoint, seed, tiled, loras, count, sampler, weight_dtype: dtype }),
  makeType("sd15.img2img", { image, prompt, steps, count }, { operation: "img2img" }),
  makeType(
    "sd15.inpaint",
    { image, mask: { ...image, title: "Mask", "x-picture": "mask" }, prompt },
    { operation: "inpaint" },
  ),
  makeType("upscale.esrgan", { image, count }, { operation: "upscale", families: ["any"], nodes: ["cellar"] }),
];

const CATALOG: Catalog = {
  ...{ families: [], schedulers: [], other_models: {} },
  checkpoints: [
    { name: "old.safetensors", nodes: ["attic", "cellar"] },
    { name: "new.safetensors", nodes: ["cellar"] },
  ],
  loras: [{ name: "ink.safetensors", nodes: ["attic"] }],
  samplers: [
    { name: "euler", nodes: ["attic"] },
    { name: "heun", nodes: ["attic"] },
  ],
};

export function startJobHub(): JobHub {
  const hub = new JobHub();
  vi.stubGlobal("fetch", hub.fetch);
  URL.createObjectURL = () => "blob:picture"; // jsdom has neither
  URL.revokeObjectURL = () => undefined;
  return hub;
}
