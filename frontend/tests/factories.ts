/** What the hub would tell, with defaults for all that a test does not care about. */
import type { Snapshot } from "@/api/events";
import type { Batch, Flows, FlowStage, Generation, Gpu, SessionDetail } from "@/api/types";

type Image = Generation["images"][number];
type Cost = NonNullable<Gpu["cost"]>;

export const SESSION_ID = "5e550000-0000-4000-8000-000000000001";
export const BATCH_ID = "ba7c0000-0000-4000-8000-000000000001";
export const MOMENT = "2026-11-21T08:00:00.000Z";

export const generationId = (index: number): string => `9e000000-0000-4000-8000-${String(index).padStart(12, "0")}`;

export function makeGeneration(fields: Partial<Generation> = {}): Generation {
  return {
    id: generationId(1),
    session_id: SESSION_ID,
    batch_id: BATCH_ID,
    parent_id: null,
    stage: 0,
    status: "queued",
    prompt: "a lighthouse in the fog",
    negative_prompt: "",
    model_family: "sd15",
    workflow: "sd15_txt2img",
    checkpoint: null,
    task_type: "draft",
    parameters: {},
    loras: [],
    gpu_id: null,
    seed: 42,
    width: 512,
    height: 512,
    steps: 10,
    cfg_scale: 7,
    denoise_strength: null,
    image_url: null,
    thumbnail_url: null,
    media_type: null,
    images: [],
    generation_time_ms: null,
    error_message: null,
    created_at: MOMENT,
    completed_at: null,
    eta_seconds: null,
    eta_range_seconds: null,
    waiting_for: null,
    waiting_code: null,
    loading: null,
    starred: false,
    discard_after: null,
    cost_usd: null,
    reproducible: true,
    varied: {},
    written: null,
    rating: null,
    ...fields,
  };
}

/** One file of a generation; its thumbnail lies beside it. */
export function makeImage(fields: Partial<Image> & Pick<Image, "url">): Image {
  return {
    index: 0,
    thumbnail_url: `${fields.url}/thumb`,
    media_type: "image/png",
    width: 512,
    height: 512,
    size_bytes: 300_000,
    sha256: "5a".repeat(32),
    graph_node: "9",
    ...fields,
  };
}

export function makeSession(fields: Partial<SessionDetail> = {}): SessionDetail {
  return {
    id: SESSION_ID,
    flow_type: "draft_grid",
    current_stage: 0,
    config: {},
    version: 1,
    created_at: MOMENT,
    updated_at: MOMENT,
    generations: [],
    ...fields,
  };
}

export function makeGpu(fields: Partial<Gpu> = {}): Gpu {
  return {
    id: "gpu-a",
    name: "Node A",
    tier: "standard",
    vram_gb: 12,
    vram_total_gb: null,
    vram_free_gb: 10,
    healthy: true,
    state: "ready",
    state_since: MOMENT,
    reason: null,
    reason_code: null,
    current_queue_length: 0,
    capabilities: ["sd15"],
    max_resolution: 1024,
    max_batch: 1,
    last_response_ms: 8,
    last_error: null,
    unreadable_files: [],
    url: "http://127.0.0.1:8188",
    version: "0.3.70",
    device_name: "NVIDIA GeForce RTX 3060",
    kind: "comfyui",
    simulated: true,
    running: [],
    eta_seconds: null,
    speeds: {},
    use: "always",
    cost: null,
    slots: 1,
    models: [],
    balance_usd: null,
    others_vram_gb: 0,
    lent_from: null,
    owned_from: null,
    owner_hours: [],
    timezone: null,
    ...fields,
  };
}

export function makeCost(fields: Partial<Cost> = {}): Cost {
  return {
    per_image_usd: 0.02,
    per_hour_usd: null,
    per_batch_limit_usd: null,
    daily_limit_usd: null,
    monthly_limit_usd: null,
    spent_today_usd: 0,
    spent_this_month_usd: 0,
    ...fields,
  };
}

export function makeSnapshot(fields: Partial<Omit<Snapshot, "type">> = {}): Snapshot {
  return { type: "snapshot", seq: 1000, session: makeSession(), gpus: [makeGpu()], paused_since: null, ...fields };
}

export function makeBatch(fields: Partial<Batch> = {}): Batch {
  const generations = fields.generations ?? [makeGeneration()];
  return {
    batch_id: BATCH_ID,
    session_id: SESSION_ID,
    priority: "normal",
    status: "queued",
    completed: 0,
    total: generations.length,
    eta_seconds: null,
    eta_range_seconds: null,
    lower_bound_seconds: null,
    models: [],
    achieved_ratio: null,
    max_cost_usd: 0,
    cost_usd: 0,
    axes: [],
    generations,
    ...fields,
  };
}

export function makeStage(fields: Partial<FlowStage> = {}): FlowStage {
  return {
    instead_of: null,
    note: null,
    drawable: true,
    needs_money: false,
    name: "drafts",
    count: 20,
    model_family: "sd15",
    task_type: "draft",
    width: 512,
    height: 512,
    steps: 10,
    ...fields,
  };
}

export function makeFlows(fields: Partial<Flows> = {}): Flows {
  const refined = makeStage({ name: "refined", count: 8, model_family: "sdxl", steps: 25, denoise_strength: 0.55 });
  return {
    default: "classic",
    presets: {
      classic: { description: "SD 1.5, then SDXL", stages: [makeStage(), refined] },
      one_model: { description: "one model throughout", stages: [makeStage({ model_family: "z-image", steps: 8 })] },
    },
    ...fields,
  };
}
