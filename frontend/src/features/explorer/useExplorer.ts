/** The open session's exploration: what is shown of it, how it is changed, and how the last change is taken back. */
import { useMemo } from "react";
import { create } from "zustand";

import { stateOf, type ExplorerState } from "@/features/explorer/state";
import { useGenerationStore, type Mark } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

export function useExplorer(): ExplorerState {
  const kept = useSessionStore(({ config }) => config.explorer);
  return useMemo(() => stateOf(kept), [kept]);
}

export const explorerState = (): ExplorerState => stateOf(useSessionStore.getState().config.explorer);

interface Step {
  sessionId: string | null;
  undo: () => void;
}

const MOST_UNDO = 100;

/** What can be taken back, the newest last. */
export const useSteps = create<{ steps: readonly Step[] }>()(() => ({ steps: [] }));

function remember(undo: () => void): void {
  const { sessionId } = useSessionStore.getState();
  useSteps.setState(({ steps }) => ({ steps: [...steps, { sessionId, undo }].slice(-MOST_UNDO) }));
}

/** Answers false where there is nothing to take back. */
export function undo(): boolean {
  const { sessionId } = useSessionStore.getState();
  const steps = useSteps.getState().steps.filter((each) => each.sessionId === sessionId);
  useSteps.setState({ steps: steps.slice(0, -1) });
  const last = steps.at(-1);
  last?.undo();
  return last !== undefined;
}

/** Changes what is kept; `quietly`: nothing that a person would take back. */
export function changeExplorer(fields: Partial<ExplorerState>, quietly = false): void {
  const { config, change } = useSessionStore.getState();
  const before = config.explorer;
  change({ explorer: { ...before, ...fields, ...("y" in fields && { one: fields.y === null }) } });
  if (!quietly) remember(() => useSessionStore.getState().change({ explorer: before ?? {} }));
}

export function toggleMark(id: string, mark: Mark): void {
  useGenerationStore.getState().toggle([id], mark);
  remember(() => useGenerationStore.getState().undo());
}
