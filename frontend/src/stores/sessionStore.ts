/** The open session with its preset and the settings of each stage. */
import { toast } from "sonner";
import { create } from "zustand";

import { get as fetchJson, post } from "@/api/client";
import type { Flows, FlowStage, FlowType, Session } from "@/api/types";
import { keptAmount } from "@/lib/money";
import { isMembers, type Members } from "@/lib/mergePatch";
import { seedProblem, type Seed } from "@/lib/seed";
import { useGenerationStore, type Mark, type Marks } from "@/stores/generationStore";
import { SharedConfig, type Kept } from "@/stores/sharedConfig";
import { startPictureOf, type StartPicture } from "@/stores/startPicture";
import { forgetNew, keepNew, readNew } from "@/stores/unsent";

/** Settings of a stage that override the preset, including other parameters of the workflow. */
export interface StageSettings extends Partial<Omit<FlowStage, "name" | "width" | "height">> {
  width?: number | null;
  height?: number | null;
  cfg_scale?: number | null;
  sampler?: string | null;
  scheduler?: string | null;
  checkpoint?: string | null;
  seed?: Seed | null;
  loras?: { name: string; strength_model: number }[];
  /** Parents instead of the picks; empty: the picks. */
  from?: string[];
  parameters?: Record<string, string | number | boolean>;
}

/** Kept by the hub as the session's config, so that a restart keeps the picks. */
export interface SessionConfig {
  preset: string;
  prompt: string;
  negative_prompt: string;
  /** The drafts' format, and so that of all later pictures; empty: the preset's. */
  format?: string;
  /** Most that a batch may cost, in dollars; nothing where it is left out. */
  max_cost_usd?: number;
  /** What the first stage starts from; left out: words alone. */
  start?: StartPicture | undefined;
  /** Saved styles and characters that are laid over the prompt, by name. */
  styles?: readonly string[];
  /** Whether wildcards of the prompts are drawn. */
  wildcards?: boolean;
  /** What the Explorer keeps; it reads it itself, for any client may have written it. */
  explorer?: Members;
  /** What the concept builder keeps; it reads it itself. */
  concept?: Members;
  stages: Record<string, StageSettings>;
  marks: Marks;
}

/** Texts that two windows can change at the same time. */
export type TextName = "prompt" | "negative_prompt";
const TEXT_NAMES: readonly string[] = ["prompt", "negative_prompt"] satisfies TextName[];

/** A text that is not in the field: another window's, or the one that it replaced. */
export interface OtherText {
  text: string;
  whose: "theirs" | "mine";
}

interface SessionStore {
  sessionId: string | null;
  /** The session whose config is loaded; before that nothing is sent to the hub. */
  loadedId: string | null;
  /** The flow of a session that was made here, until the hub tells of it. */
  madeFlow: FlowType | null;
  flows: Flows | null;
  config: SessionConfig;
  others: Readonly<Partial<Record<TextName, OtherText>>>;
  loadFlows: () => Promise<void>;
  open: (sessionId: string | null) => void;
  /** Takes in the hub's config of the open session; unsent changes here stay on top. */
  take: (sessionId: string, kept: Kept) => void;
  /** Another window changed the session. */
  heard: (version: number) => void;
  /** Makes a session out of the config on the screen. */
  create: (flow?: FlowType) => Promise<string>;
  change: (fields: Partial<SessionConfig>) => void;
  changeStage: (stage: number, settings: StageSettings) => void;
  /** Forget the other window's text. */
  dropOther: (name: TextName) => void;
}

export const EMPTY_CONFIG: SessionConfig = {
  preset: "",
  prompt: "",
  negative_prompt: "",
  stages: {},
  marks: {},
};

/** Reads any session config as the studio's: another client may have written it. */
export function configOf(value: unknown, fallbackPreset: string): SessionConfig {
  const given = recordOf(value);
  const start = startPictureOf(given["start"]);
  const text = (each: unknown) => (typeof each === "string" ? each : "");
  return {
    preset: text(given["preset"]) || fallbackPreset,
    prompt: text(given["prompt"]),
    negative_prompt: text(given["negative_prompt"]),
    ...(text(given["format"]) && { format: text(given["format"]) }),
    ...(keptAmount(given["max_cost_usd"]) && { max_cost_usd: keptAmount(given["max_cost_usd"]) }),
    ...(start && { start }),
    ...(Array.isArray(given["styles"]) && { styles: given["styles"].filter((each) => typeof each === "string") }),
    ...(given["wildcards"] === true && { wildcards: true }),
    ...(isMembers(given["explorer"]) && { explorer: given["explorer"] }),
    ...(isMembers(given["concept"]) && { concept: given["concept"] }),
    stages: Object.fromEntries(Object.entries(recordOf(given["stages"])).map(([key, each]) => [key, settingsOf(each)])),
    marks: Object.fromEntries(Object.entries(recordOf(given["marks"])).filter(isMark)),
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMembers(value) ? value : {};
}

const isMark = (entry: [string, unknown]): entry is [string, Mark] =>
  entry[1] === "selected" || entry[1] === "rejected";

const isLora = (value: unknown): boolean => {
  const { name, strength_model: strength } = recordOf(value);
  return typeof name === "string" && typeof strength === "number";
};

const NUMBERS = new Set(["count", "width", "height", "steps", "cfg_scale", "denoise_strength"]);
const TEXTS = new Set(["model_family", "task_type", "sampler", "scheduler", "checkpoint"]);

/** Without values that the forms cannot show; null means the preset's value. */
function settingsOf(value: unknown): StageSettings {
  const fits = ([name, each]: [string, unknown]) => {
    if (NUMBERS.has(name)) return each === null || typeof each === "number";
    if (TEXTS.has(name)) return each === null || typeof each === "string";
    if (name === "seed")
      return each === null || typeof each === "number" || (typeof each === "string" && !seedProblem(each));
    if (name === "from") return Array.isArray(each) && each.every((id) => typeof id === "string");
    if (name === "loras") return Array.isArray(each) && each.every(isLora);
    if (name === "parameters") return recordOf(each) === each;
    return name !== "name";
  };
  return Object.fromEntries(Object.entries(recordOf(value)).filter(fits));
}

/** The preset's values for a stage, as the fleet can draw it. */
export function presetStage(flows: Flows | null, config: SessionConfig, stage: number): FlowStage | null {
  const preset = flows?.presets[Object.hasOwn(flows.presets, config.preset) ? config.preset : flows.default];
  return preset?.stages[stage] ?? null;
}

/** The preset's values for a stage, overridden by the person's settings. */
export function stageOf(flows: Flows | null, config: SessionConfig, stage: number): (FlowStage & StageSettings) | null {
  const given = presetStage(flows, config, stage);
  if (!given) return null;
  const own = Object.fromEntries(Object.entries(config.stages[stage] ?? {}).filter(([, value]) => value != null));
  return { ...given, ...own };
}

let shared: SharedConfig<SessionConfig> | null = null;

export const useSessionStore = create<SessionStore>()((set, get) => ({
  sessionId: null,
  loadedId: null,
  madeFlow: null,
  flows: null,
  config: configOf(readNew(), ""),
  others: {},
  loadFlows: async () => {
    const flows = await fetchJson<Flows>("/api/flows");
    set(({ config }) => ({ flows, config: { ...config, preset: config.preset || flows.default } }));
  },
  open: (sessionId) => {
    shared?.close();
    shared = null;
    const preset = get().flows?.default ?? "";
    const config = sessionId ? { ...EMPTY_CONFIG, preset } : configOf(readNew(), preset);
    set({ sessionId, loadedId: null, madeFlow: null, config, others: {} });
  },
  take: (sessionId, kept) => {
    if (shared?.sessionId === sessionId) return shared.take(kept);
    shared?.close();
    shared = share(sessionId, kept);
    set({ sessionId, loadedId: sessionId, others: {} });
    shared.begin();
  },
  heard: (version) => shared?.heard(version),
  create: async (flow = "draft_grid") => {
    const { config } = get();
    const { id, version } = await post<Session>("/api/sessions", { flow_type: flow, config });
    forgetNew();
    shared = share(id, { version, config });
    set({ sessionId: id, loadedId: id, madeFlow: flow });
    shared.changed();
    return id;
  },
  change: (fields) => {
    set(({ config }) => ({ config: { ...config, ...fields } }));
    if (shared) shared.changed(Object.keys(fields).filter((each) => TEXT_NAMES.includes(each)));
    else if (!get().sessionId) keepNew(get().config);
  },
  changeStage: (stage, settings) => {
    const { config, change } = get();
    change({ stages: { ...config.stages, [stage]: { ...config.stages[stage], ...settings } } });
  },
  dropOther: (name) => set(({ others: { [name]: _, ...others } }) => ({ others })),
}));

const share = (sessionId: string, kept: Kept): SharedConfig<SessionConfig> =>
  new SharedConfig(sessionId, kept, {
    shown: () => {
      const { config } = useSessionStore.getState();
      const { live, marks } = useGenerationStore.getState();
      return live.session?.id === sessionId ? { ...config, marks } : config;
    },
    show: (config) => {
      useSessionStore.setState({ config });
      const { live, showMarks } = useGenerationStore.getState();
      if (live.session?.id === sessionId) showMarks(config.marks);
    },
    read: (config) => withPrompt(configOf(config, useSessionStore.getState().flows?.default ?? ""), config),
    clashed: (clashes) => {
      for (const { path, theirs } of clashes) {
        const [name = ""] = path;
        if (TEXT_NAMES.includes(name) && typeof theirs === "string") setAside(name, { text: theirs, whose: "theirs" });
        else if (name === "stages" || name === "preset")
          toast("Another window changed these settings too. What you set here stays.", { id: "clash" });
      }
    },
    replaced: (name, text) => setAside(name, { text, whose: "mine" }),
    refused: (problem) => toast.error(`This session cannot be saved: ${problem.message}`, { id: "unsaved" }),
  });

const setAside = (name: string, other: OtherText): void =>
  useSessionStore.setState(({ others }) => ({ others: { ...others, [name]: other } }));

/** Sends what is not sent yet, for a page that is being left. */
export const sendConfig = (): void => shared?.flush();

/** A session made by another client has no prompt in its config: its newest picture's prompt is used. */
function withPrompt(config: SessionConfig, kept: unknown): SessionConfig {
  if (typeof recordOf(kept)["prompt"] === "string") return config;
  const newest = Object.values(useGenerationStore.getState().live.generations).findLast((each) => each.prompt);
  return newest ? { ...config, prompt: newest.prompt, negative_prompt: newest.negative_prompt } : config;
}
