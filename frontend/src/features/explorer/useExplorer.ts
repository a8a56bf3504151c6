/** The open session's exploration: what is shown of it, how it is changed, and how the last change is taken back. */
import { useEffect, useMemo } from "react";

import { canTakeBack, changed, marked, restored, takenBack } from "@/actions/explorer/steps";
import { same } from "@/lib/mergePatch";
import { stateOf, type ExplorerState } from "@/features/explorer/state";
import { useGenerationStore, type Mark } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

export function useExplorer(): ExplorerState {
  const kept = useSessionStore(({ config }) => config.explorer);
  return useMemo(() => stateOf(kept), [kept]);
}

export const explorerState = (): ExplorerState => stateOf(useSessionStore.getState().config.explorer);

/** Whether there is anything to take back. */
export const useCanUndo = (): boolean => useSessionStore(({ config }) => canTakeBack(config.explorer));

/** Takes back the session's last step, in whichever window it was made; answers false where there is none. */
export function undo(): boolean {
  const { config, change } = useSessionStore.getState();
  const before = takenBack(config.explorer);
  if (!before) return false;
  const { marks, pastMarks, showMarks, undo: undoMarks } = useGenerationStore.getState();
  if (pastMarks.length && same(pastMarks.at(-1), before.marks)) undoMarks();
  else showMarks(restored(marks, before.marks)); // made before a reload, or in another window
  change({ explorer: before.kept });
  return true;
}

/** Changes what is kept; `quietly`: nothing that a person would take back. */
export function changeExplorer(fields: Partial<ExplorerState>, quietly = false): void {
  const { config, change } = useSessionStore.getState();
  const given = { ...fields, ...("y" in fields && { one: fields.y === null }) };
  change({ explorer: quietly ? { ...config.explorer, ...given } : changed(config.explorer, given) });
}

export const toggleMark = (id: string, mark: Mark): void => useGenerationStore.getState().toggle([id], mark);

/** Remembers what is marked, wherever: on the map, in the viewer, beside another picture. */
export function useMarkSteps(): void {
  useEffect(
    () =>
      useGenerationStore.subscribe(({ pastMarks: now }, { pastMarks: before }) => {
        const last = now.at(-1);
        if (!last || last === before.at(-1) || now.length < before.length) return; // another session, or an undo
        const { config, change } = useSessionStore.getState();
        const former = Object.fromEntries(Object.entries(last).map(([id, mark]) => [id, mark ?? null]));
        change({ explorer: marked(config.explorer, former) });
      }),
    [],
  );
}
