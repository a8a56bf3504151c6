/** The live state of one session, and how an event changes it: pure, so that any order of events can be tried. */
import type { BatchTally, EventOf, LiveMessage, NumberedEvent, Snapshot } from "@/api/events";
import { REOPENS, TERMINAL, type Generation, type Session } from "@/api/types";

export interface Progress {
  current: number;
  total: number;
}

export interface LiveState {
  /** The number of the last event that was taken in. */
  seq: number;
  session: Session | null;
  generations: Readonly<Record<string, Generation>>;
  progress: Readonly<Record<string, Progress>>;
  batches: Readonly<Record<string, BatchTally>>;
  pausedSince: string | null;
}

export const NOTHING: LiveState = {
  seq: 0,
  session: null,
  generations: {},
  progress: {},
  batches: {},
  pausedSince: null,
};

/** The state after a message. A number that was seen before changes nothing; what has ended stays ended. */
export function applyEvent(state: LiveState, message: LiveMessage): LiveState {
  if (message.type === "snapshot") return fromSnapshot(message);
  if (message.seq <= state.seq) return state;
  return { ...change(state, message), seq: message.seq };
}

function fromSnapshot({ seq, session: detail, paused_since }: Snapshot): LiveState {
  const { generations, ...session } = detail;
  return {
    seq,
    session,
    generations: Object.fromEntries(generations.map((each) => [each.id, each])),
    progress: {},
    batches: {},
    pausedSince: paused_since,
  };
}

function change(state: LiveState, event: NumberedEvent): LiveState {
  switch (event.type) {
    case "progress":
      return progressed(state, event);
    case "complete":
      return ended(state, event, {
        status: "complete",
        gpu_id: event.node_id,
        image_url: event.image_url,
        thumbnail_url: event.thumbnail_url,
        media_type: event.media_type,
        generation_time_ms: Math.round(event.seconds * 1000),
      });
    case "failed":
      return ended(state, event, { status: "failed", error_message: event.message });
    case "cancelled":
      return ended(state, event, { status: "cancelled" });
    case "generating":
      return { ...state, generations: started(state, event) };
    case "queued":
      return queued(state, event);
    case "batch":
      return { ...state, batches: tally(state, event) };
    case "stage":
      return state.session ? { ...state, session: { ...state.session, current_stage: event.stage } } : state;
    case "queue":
      return { ...state, pausedSince: event.paused_since };
    case "session": // what it keeps for its flow is the session store's to ask for
    case "node": // the fleet is not the session's: the GPU store hears of it
    default: // a newer hub may tell of what this page does not know yet
      return state;
  }
}

function progressed(state: LiveState, event: EventOf<"progress">): LiveState {
  const generation = state.generations[event.generation_id];
  const batches = tally(state, event);
  if (generation && TERMINAL.has(generation.status)) return { ...state, batches };
  const { current, total, loading } = event;
  return {
    ...state,
    batches,
    progress: { ...state.progress, [event.generation_id]: { current, total } },
    generations: started(state, event, loading ?? null),
  };
}

const started = (
  state: LiveState,
  event: { generation_id: string; node_id: string },
  loading: string | null = null,
): LiveState["generations"] =>
  revise(state, event.generation_id, { status: "generating", gpu_id: event.node_id, ...NO_WAIT, loading });

function ended(
  state: LiveState,
  event: { generation_id: string } & BatchTally,
  outcome: Partial<Generation>,
): LiveState {
  const { [event.generation_id]: _, ...progress } = state.progress;
  const over = { ...outcome, eta_seconds: null, eta_range_seconds: null, ...NO_WAIT, loading: null };
  return { ...state, batches: tally(state, event), progress, generations: revise(state, event.generation_id, over) };
}

const NO_WAIT = { waiting_for: null, waiting_code: null };

/** Back in the queue: its node was lost, or what had ended goes on. */
function queued(state: LiveState, event: EventOf<"queued">): LiveState {
  const { generation_id: generationId, cause, reason } = event;
  const generation = state.generations[generationId];
  if (!generation || (TERMINAL.has(generation.status) && !REOPENS.has(cause))) return state;
  const { [generationId]: _, ...progress } = state.progress;
  const blank = { gpu_id: null, loading: null, error_message: null, completed_at: null, discard_after: null };
  const waiting: Generation = {
    ...generation,
    ...blank,
    status: "queued",
    waiting_for: cause === "retry" ? null : reason,
    waiting_code: null,
  };
  return { ...state, progress, generations: { ...state.generations, [generationId]: waiting } };
}

function revise(state: LiveState, generationId: string, fields: Partial<Generation>): LiveState["generations"] {
  const generation = state.generations[generationId];
  if (!generation || TERMINAL.has(generation.status)) return state.generations;
  const names = Object.keys(fields) as (keyof Generation)[];
  if (names.every((name) => generation[name] === fields[name])) return state.generations; // most progress is no news here
  return { ...state.generations, [generationId]: { ...generation, ...fields } };
}

function tally(state: LiveState, { batch_id, completed, batch_total, eta_seconds }: BatchTally): LiveState["batches"] {
  return { ...state.batches, [batch_id]: { batch_id, completed, batch_total, eta_seconds } };
}
