import { toast } from "sonner";

import { useKeptMarks } from "@/actions/useKeptMarks";
import { Notice } from "@/components/Notice";
import { Board } from "@/features/concept/Board";
import { Brief } from "@/features/concept/Brief";
import { undo, useConcept } from "@/features/concept/useConcept";
import { useKeys } from "@/lib/useKeys";
import { useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

/** A picture out of its parts: a brief becomes cards, and these become pictures. */
export function ConceptFlow() {
  useKeptMarks();
  const free = useUiStore(({ viewedId, compared, keysShown }) => !viewedId && !compared && !keysShown);
  useKeys({ undo: () => void (undo() || toast("Nothing to take back")) }, free);
  const kept = useSessionStore(({ sessionId, loadedId }) => sessionId !== null && sessionId === loadedId);
  const { built } = useConcept();
  return (
    <div className="mx-auto grid w-full max-w-[110rem] content-start gap-4 px-4 py-4">
      <h1 className="text-lg font-semibold">Concept builder</h1>
      {!kept ? (
        <Notice title="Loading the session…">Its cards are on their way.</Notice>
      ) : built ? (
        <Board />
      ) : (
        <Brief />
      )}
    </div>
  );
}
