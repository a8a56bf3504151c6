/** Which session is open, which preset and which settings of each stage belong to it. */
import { create } from "zustand";

import { get as fetchJson, post, request } from "@/api/client";
import type { Flows, FlowStage, Session } from "@/api/types";
import type { Marks } from "@/stores/generationStore";

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

interface SessionStore {
  sessionId: string | null;
  flows: Flows | null;
  config: SessionConfig;
  loadFlows: () => Promise<void>;
  open: (sessionId: string | null, config?: SessionConfig) => void;
  create: () => Promise<string>;
  change: (fields: Partial<SessionConfig>) => void;
  changeStage: (stage: number, settings: StageSettings) => void;
}

export const EMPTY_CONFIG: SessionConfig = { preset: "", prompt: "", negative_prompt: "", stages: {}, marks: {} };

export const useSessionStore = create<SessionStore>()((set, get) => ({
  sessionId: null,
  flows: null,
  config: EMPTY_CONFIG,
  loadFlows: async () => {
    const flows = await fetchJson<Flows>("/api/flows");
    set(({ config }) => ({ flows, config: { ...config, preset: config.preset || flows.default } }));
  },
  open: (sessionId, config) => {
    set(({ flows }) => ({ sessionId, config: config ?? { ...EMPTY_CONFIG, preset: flows?.default ?? "" } }));
  },
  create: async () => {
    const { config } = get();
    const session = await post<Session>("/api/sessions", { flow_type: "draft_grid", config });
    set({ sessionId: session.id });
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

/** One save for a burst of keystrokes; a hub that is away gets it with the next change. */
function saveSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const { sessionId, config } = useSessionStore.getState();
    if (sessionId) request("PATCH", `/api/sessions/${sessionId}`, { config }).catch(() => undefined);
  }, SAVE_AFTER_MS);
}

/** Whatever a session's config holds, read as ours: a foreign client may have written anything. */
export function configOf(value: unknown, fallbackPreset: string): SessionConfig {
  const given = typeof value === "object" && value !== null ? (value as Partial<SessionConfig>) : {};
  const text = (each: unknown) => (typeof each === "string" ? each : "");
  const record = <T,>(each: unknown) => (typeof each === "object" && each !== null ? (each as Record<string, T>) : {});
  return {
    preset: text(given.preset) || fallbackPreset,
    prompt: text(given.prompt),
    negative_prompt: text(given.negative_prompt),
    stages: record<StageSettings>(given.stages),
    marks: record<"selected" | "rejected">(given.marks),
  };
}

/** The preset's stage with the person's own settings laid over it. */
export function stageOf(flows: Flows | null, config: SessionConfig, stage: number): (FlowStage & StageSettings) | null {
  const preset = flows?.presets[config.preset] ?? flows?.presets[flows.default];
  const given = preset?.stages[stage];
  if (!given) return null;
  const own = Object.fromEntries(Object.entries(config.stages[stage] ?? {}).filter(([, value]) => value != null));
  return { ...given, ...own };
}
