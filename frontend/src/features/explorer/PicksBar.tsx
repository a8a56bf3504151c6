import { EstimateLine } from "@/actions/estimate/EstimateLine";
import { useEstimate } from "@/actions/estimate/useEstimate";
import { bodyFor } from "@/actions/batchRequest";
import { useContinue } from "@/actions/batches";
import { Button } from "@/components/Button";
import { changeExplorer, undo, useCanUndo } from "@/features/explorer/useExplorer";
import { STAGES } from "@/lib/stages";
import { useBarHeight } from "@/lib/useBarHeight";
import { stageOf, useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

/** What was picked goes on from here into the ordinary stages. */
export function PicksBar() {
  const measured = useBarHeight();
  const { sending, next, chosen } = useContinue(0);
  const { config, flows } = useSessionStore();
  const undoable = useCanUndo();
  const ids = chosen.map((each) => each.id);
  const answer = useEstimate(ids.length ? bodyFor(1, ids) : null);
  const [one, other] = ids.slice(-2);
  if (!ids.length && !undoable) return null;
  return (
    <div
      ref={measured}
      className="sticky bottom-(--pages) z-10 flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line bg-bg/95 px-4 py-2 backdrop-blur"
    >
      {ids.length > 0 && (
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
          <EstimateLine answer={answer} />
        </>
      )}
      <span className="flex grow justify-end gap-1">
        {one && other && (
          <>
            <Button look="quiet" onClick={() => useUiStore.getState().set({ compared: [one, other] })}>
              Compare
            </Button>
            <Button look="quiet" onClick={() => changeExplorer({ view: "between", from: one, to: other })}>
              Between
            </Button>
          </>
        )}
        {undoable && (
          <Button look="quiet" title="Undo (Z)" onClick={() => undo()}>
            Undo
          </Button>
        )}
      </span>
    </div>
  );
}
