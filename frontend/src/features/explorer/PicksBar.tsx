import { useState, type ReactNode } from "react";

import { EstimateLine } from "@/actions/estimate/EstimateLine";
import { useEstimate } from "@/actions/estimate/useEstimate";
import { bodyFor } from "@/actions/batchRequest";
import { useContinue } from "@/actions/batches";
import { NotUsedYet } from "@/actions/wording/NotUsedYet";
import { Button } from "@/components/Button";
import { usePicture } from "@/features/explorer/pictures";
import { changeExplorer, undo, useCanUndo } from "@/features/explorer/useExplorer";
import { areOthers, drawWithWords } from "@/features/explorer/words";
import { STAGES } from "@/lib/stages";
import { useBarHeight } from "@/lib/useBarHeight";
import { stageOf, useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";
import { useSuggestionFirst } from "@/stores/unusedWords";

interface Props {
  /** "What should change?" */
  refine: ReactNode;
  /** The picture in the middle of the map. */
  centre: string | null;
}

/** What was picked goes on from here into the ordinary stages, and the picture in the middle with other words. */
export function PicksBar({ refine, centre }: Props) {
  const measured = useBarHeight();
  const { sending, next, chosen } = useContinue(0);
  const { config, flows } = useSessionStore();
  const undoable = useCanUndo();
  const [asked, setAsked] = useState(false);
  const ids = chosen.map((each) => each.id);
  const answer = useEstimate(ids.length ? bodyFor(1, ids) : null);
  const suggestionFirst = useSuggestionFirst();
  if (!ids.length && !undoable && !centre) return null;
  return (
    <div
      ref={measured}
      className="sticky bottom-(--pages) z-10 mt-auto flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line bg-bg/95 px-4 py-2 backdrop-blur"
    >
      {asked && <div className="w-full max-sm:-order-2">{refine}</div>}
      {ids.length > 0 && !suggestionFirst && (
        <>
          <Button
            look="primary"
            className="min-h-11"
            disabled={sending || Boolean(answer?.problem)}
            onClick={() => void next()}
          >
            {sending
              ? "Sending…"
              : `${STAGES[1].verb} ${ids.length} picked → ${stageOf(flows, config, 1)?.count ?? ""}`}
          </Button>
          {/* on a phone above the buttons: the bar grows upwards, and they stay under the finger */}
          <div className="max-sm:-order-1 max-sm:w-full">
            <EstimateLine answer={answer} />
          </div>
          <NotUsedYet />
        </>
      )}
      {centre && <NewWords centre={centre} />}
      <span className="flex grow flex-wrap justify-end gap-1 max-sm:[&>button]:px-2">
        {(ids.length > 0 || centre) && (
          <Button look="quiet" aria-expanded={asked} onClick={() => setAsked(!asked)}>
            What should change?
          </Button>
        )}
        <TwoPicked ids={ids} />
        {undoable && (
          <Button look="quiet" title="Undo (Z)" onClick={() => undo()}>
            Undo
          </Button>
        )}
      </span>
    </div>
  );
}

/** The picture in the middle is drawn with the session's words, where these are no longer its own. */
function NewWords({ centre }: { centre: string }) {
  const [sending, setSending] = useState(false);
  const found = usePicture(centre);
  const words = useSessionStore((store) => store.config);
  if (!found || found === "gone" || found.status !== "complete" || !areOthers(words, found)) return null;
  const draw = async () => {
    setSending(true);
    await drawWithWords(centre);
    setSending(false);
  };
  return (
    <Button className="min-h-11" title={words.prompt} disabled={sending} onClick={() => void draw()}>
      {sending ? "Sending…" : "Draw the middle with the new words"}
    </Button>
  );
}

/** What can be done with the last two of them. */
function TwoPicked({ ids }: { ids: readonly string[] }) {
  const [one, other] = ids.slice(-2);
  if (!one || !other) return null;
  return (
    <>
      <Button look="quiet" onClick={() => useUiStore.getState().set({ compared: [one, other] })}>
        Compare
      </Button>
      <Button look="quiet" onClick={() => changeExplorer({ view: "between", from: one, to: other })}>
        Between
      </Button>
    </>
  );
}
