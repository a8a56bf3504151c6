import { useEffect, type ReactNode } from "react";

import { useKeptMarks } from "@/actions/useKeptMarks";
import { Notice } from "@/components/Notice";
import { Board } from "@/features/concept/Board";
import { Brief } from "@/features/concept/Brief";
import { openConcept, promptChanges, redo, undo, useConcept } from "@/features/concept/useConcept";
import { useKeys } from "@/lib/useKeys";
import { useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

/** In the texts of cards and prompt, whose words a browser cannot take back where the hub wrote them. */
function useUndoInTexts(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isText = event.target instanceof Element && event.target.closest("[data-steps] textarea");
      const turn = isText && turnOf(event);
      if (!turn) return;
      event.preventDefault();
      turn();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

/** Ctrl Z, and Ctrl Shift Z or Ctrl Y; Cmd on a Mac. */
function turnOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): (() => void) | null {
  if (ctrlKey === metaKey || altKey) return null;
  const letter = key.toLowerCase();
  if (letter === "z") return shiftKey ? redo : undo;
  return letter === "y" && !shiftKey ? redo : null;
}

const Title = () => <h1 className="text-lg font-semibold">Concept builder</h1>;

/** A picture out of its parts: a brief becomes cards, and these become pictures. */
export function ConceptFlow({ refine }: { refine: (changing: () => void) => ReactNode }) {
  useKeptMarks();
  const free = useUiStore(({ viewedId, compared, keysShown }) => !viewedId && !compared && !keysShown);
  useKeys({ cardsUndo: undo, cardsRedo: redo }, free);
  useUndoInTexts();
  const loadedId = useSessionStore((store) => (store.sessionId === store.loadedId ? store.loadedId : null));
  useEffect(() => {
    if (loadedId) openConcept(loadedId);
  }, [loadedId]);
  const { built } = useConcept();
  return (
    <div className="mx-auto grid w-full max-w-[110rem] content-start gap-4 px-4 py-4">
      {!(loadedId && built) && <Title />}
      {!loadedId ? (
        <Notice title="Loading the session…">Its cards are on their way.</Notice>
      ) : built ? (
        <Board title={<Title />} refine={refine(promptChanges)} />
      ) : (
        <Brief />
      )}
    </div>
  );
}
