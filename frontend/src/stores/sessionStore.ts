/** Which session is open, which preset and which settings of each stage belong to it. */
import { create } from "zustand";

import { get as fetchJson, HubProblem, post, request } from "@/api/client";
import type { Flows, FlowStage, Session } from "@/api/types";
import type { Mark, Marks } from "@/stores/generationStore";

/** What a person may say for a stage instead of the preset; also what the workflow's manifest offers beyond it. */
export interface StageSettings extends Partial<Omit<FlowStage, "name">> {
  cfg_scale?: number | null;
  sampler?: string | null;
  scheduler?: string | null;
  checkpoint?: string | null;
  seed?: number | null;
  loras?: { name: string; strength_model: number }[];
  parameters?: Record<string, string | number | boolean>;
}

/** Kept by the hub as the session's config, so that a restart keeps the picks. */
export interface SessionConfig {
  preset: string;
  prompt: string;
  negative_prompt: string;
  stages: Record<string, StageSettings>;
  marks: Marks;
}

const SAVE_AFTER_MS = 400;
const SAVE_AGAIN_MS = 2000;

interface SessionStore {
  sessionId: string | null;
  /** The session whose config is here; until it is, nothing may be written over what the hub keeps. */
  loadedId: string | null;
  flows: Flows | null;
  config: SessionConfig;
  loadFlows: () => Promise<void>;
  open: (sessionId: string | null) => void;
  load: (sessionId: string, config: SessionConfig) => void;
  create: () => Promise<string>;
  change: (fields: Partial<SessionConfig>) => void;
  changeStage: (stage: number, settings: StageSettings) => void;
}

export const EMPTY_CONFIG: SessionConfig = { preset: "", prompt: "", negative_prompt: "", stages: {}, marks: {} };

export const useSessionStore = create<SessionStore>()((set, get) => ({
  sessionId: null,
  loadedId: null,
  flows: null,
  config: EMPTY_CONFIG,
  loadFlows: async () => {
    const flows = await fetchJson<Flows>("/api/flows");
    set(({ config }) => ({ flows, config: { ...config, preset: config.preset || flows.default } }));
  },
  open: (sessionId) => {
    save();
    set(({ flows }) => ({ sessionId, loadedId: null, config: { ...EMPTY_CONFIG, preset: flows?.default ?? "" } }));
  },
  load: (sessionId, config) => set({ sessionId, loadedId: sessionId, config }),
  create: async () => {
    const { config } = get();
    const session = await post<Session>("/api/sessions", { flow_type: "draft_grid", config });
    set({ sessionId: session.id, loadedId: session.id });
    return session.id;
  },
  change: (fields) => {
    set(({ config }) => ({ config: { ...config, ...fields } }));
    saveSoon();
  },
  changeStage: (stage, settings) => {
    const { config, change } = get();
    change({ stages: { ...config.stages, [stage]: { ...config.stages[stage], ...settings } } });
  },
}));

let timer: ReturnType<typeof setTimeout> | undefined;

/** One save for a burst of keystrokes. */
function saveSoon(after = SAVE_AFTER_MS): void {
  clearTimeout(timer);
  timer = setTimeout(save, after);
}

/** What waits to be saved, while its session is still the open one. */
function save(): void {
  if (timer === undefined) return;
  clearTimeout(timer);
  timer = undefined;
  const { sessionId, loadedId, config } = useSessionStore.getState();
  if (!sessionId || sessionId !== loadedId) return;
  request("PATCH", `/api/sessions/${sessionId}`, { config }).catch((error: unknown) => {
    if (error instanceof HubProblem && !error.status) saveSoon(SAVE_AGAIN_MS); // the hub is away: it gets it when it is back
  });
}

window.addEventListener("pagehide", save);

/** Whatever a session's config holds, read as ours: a foreign client may have written anything. */
export function configOf(value: unknown, fallbackPreset: string): SessionConfig {
  const given = recordOf(value);
  const text = (each: unknown) => (typeof each === "string" ? each : "");
  return {
    preset: text(given["preset"]) || fallbackPreset,
    prompt: text(given["prompt"]),
    negative_prompt: text(given["negative_prompt"]),
    stages: Object.fromEntries(Object.entries(recordOf(given["stages"])).map(([key, each]) => [key, settingsOf(each)])),
    marks: Object.fromEntries(Object.entries(recordOf(given["marks"])).filter(isMark)),
  };
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

const isMark = (entry: [string, unknown]): entry is [string, Mark] =>
  entry[1] === "selected" || entry[1] === "rejected";

const isLora = (value: unknown): boolean => {
  const { name, strength_model: strength } = recordOf(value);
  return typeof name === "string" && typeof strength === "number";
};

const NUMBERS = new Set(["count", "width", "height", "steps", "cfg_scale", "denoise_strength", "seed"]);
const TEXTS = new Set(["model_family", "task_type", "sampler", "scheduler", "checkpoint"]);

/** Without what the forms could not show; null stands for "as the preset says". */
function settingsOf(value: unknown): StageSettings {
  const fits = ([name, each]: [string, unknown]) => {
    if (NUMBERS.has(name)) return each === null || typeof each === "number";
    if (TEXTS.has(name)) return each === null || typeof each === "string";
    if (name === "loras") return Array.isArray(each) && each.every(isLora);
    if (name === "parameters") return recordOf(each) === each;
    return name !== "name";
  };
  return Object.fromEntries(Object.entries(recordOf(value)).filter(fits));
}

/** The preset's stage with the person's own settings laid over it. */
export function stageOf(flows: Flows | null, config: SessionConfig, stage: number): (FlowStage & StageSettings) | null {
  const preset = flows?.presets[Object.hasOwn(flows.presets, config.preset) ? config.preset : flows.default];
  const given = preset?.stages[stage];
  if (!given) return null;
  const own = Object.fromEntries(Object.entries(config.stages[stage] ?? {}).filter(([, value]) => value != null));
  return { ...given, ...own };
}
