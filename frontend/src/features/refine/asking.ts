/** Asks the hub for a plan, and hears how it comes about. */
import { HubProblem, request, send } from "@/api/client";
import { EventStreamParser, type ServerEvent } from "@/api/eventStream";
import type { Changes, IterationPlan, IterationRequest, LlmStage } from "@/api/types";

export interface Hearing {
  stage: (stage: LlmStage["stage"]) => void;
  /** The next piece of the rationale; `anew`: the whole of it. */
  rationale: (text: string, anew: boolean) => void;
}

/** The hub says at least every five seconds that it is there. */
const SILENT_MS = 45_000;
const ENDED = "The connection ended before the suggestion came. Your words are kept: ask again.";

/** Null when it was called off. Throws a HubProblem; then there is no plan. */
export async function askPlan(
  body: IterationRequest,
  hearing: Hearing,
  signal: AbortSignal,
): Promise<IterationPlan | null> {
  const silence = new AbortController();
  const both = AbortSignal.any([signal, silence.signal]);
  const wait = () => setTimeout(() => silence.abort(), SILENT_MS);
  let timer = wait();
  const heard = () => {
    clearTimeout(timer);
    timer = wait();
  };
  try {
    const response = await send("POST", "/api/iterate/refine-prompt", body, { Accept: "text/event-stream" }, both);
    if (!response.headers.get("Content-Type")?.startsWith("text/event-stream"))
      return (await response.json()) as IterationPlan;
    return await planIn(response, hearing, heard);
  } catch (error) {
    if (signal.aborted) return null;
    if (error instanceof HubProblem && !silence.signal.aborted) throw error;
    throw new HubProblem(0, "stream_ended", ENDED);
  } finally {
    clearTimeout(timer);
  }
}

async function planIn(response: Response, hearing: Hearing, heard: () => void): Promise<IterationPlan> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventStreamParser();
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) throw new HubProblem(0, "stream_ended", ENDED);
    heard();
    for (const event of parser.push(piece.value)) {
      const plan = take(event, hearing);
      if (plan) return plan;
    }
  }
}

function take({ event, data }: ServerEvent, hearing: Hearing): IterationPlan | null {
  const told = JSON.parse(data) as Record<string, unknown>;
  if (event === "plan") return told as unknown as IterationPlan;
  if (event === "problem") throw new HubProblem(0, String(told["code"]), String(told["detail"]));
  if (event === "stage") hearing.stage(told["stage"] as LlmStage["stage"]);
  if (event === "rationale") hearing.rationale(String(told["text"]), Boolean(told["anew"]));
  return null;
}

/** The plan with other operations, by code alone. */
export const applyChanges = (body: {
  session_id: string;
  iteration_id: string;
  current_prompt: string;
  current_negative: string;
  model_family: string;
  changes: Changes;
}): Promise<IterationPlan> => request("POST", "/api/iterate/apply-changes", body);
