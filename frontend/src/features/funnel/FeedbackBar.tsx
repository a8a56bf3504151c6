import { useState, type ReactNode } from "react";

import { putOnBoard } from "@/actions/boards/boards";
import { NotUsedYet } from "@/actions/wording/NotUsedYet";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { EstimateLine } from "@/actions/estimate/EstimateLine";
import { FinishBar } from "@/features/funnel/FinishBar";
import { MaxCost } from "@/features/funnel/MaxCost";
import { Missing } from "@/features/funnel/Missing";
import { LAST_STAGE, STAGES, stageName } from "@/lib/stages";
import { bodyFor, hasPicture, picked, useStage } from "@/actions/batchRequest";
import { WaitingReason } from "@/actions/asked/WaitingReason";
import { cancelBatch, useContinue } from "@/actions/batches";
import { useEstimate } from "@/actions/estimate/useEstimate";
import { plural, seconds } from "@/lib/format";
import { useBarHeight } from "@/lib/useBarHeight";
import { ofStage, useGenerationStore } from "@/stores/generationStore";
import { stageOf, useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";
import { useSuggestionFirst } from "@/stores/unusedWords";

/** What is being drawn, and what can be done next. */
export function FeedbackBar({ refine }: { refine: ReactNode }) {
  const stage = useStage();
  const measured = useBarHeight();
  return (
    <div
      ref={measured}
      className="sticky bottom-(--pages) z-10 -mx-4 mt-auto grid gap-3 border-t border-line bg-bg/95 px-4 py-3 backdrop-blur"
    >
      <BatchProgress />
      <Missing stage={stage} />
      {stage < LAST_STAGE ? <Continue stage={stage} refine={refine} /> : <FinishBar refine={refine} />}
    </div>
  );
}

function BatchProgress() {
  const generations = useGenerationStore(({ live }) => live.generations);
  const batches = useGenerationStore(({ live }) => live.batches);
  const pausedSince = useGenerationStore(({ live }) => live.pausedSince);
  const open = Object.values(generations).filter((each) => each.status === "queued" || each.status === "generating");
  if (!open.length) return null;
  return (
    <ul className="grid gap-2">
      {[...new Set(open.map((each) => each.batch_id))].map((batchId) => {
        const members = Object.values(generations).filter((each) => each.batch_id === batchId);
        const count = (status: Generation["status"]) => members.filter((each) => each.status === status).length;
        const [done, failed] = [count("complete"), count("failed")];
        const wanted = members.length - count("cancelled"); // cancelled pictures are not waited for
        const eta = batches[batchId]?.eta_seconds;
        const what = STAGES[members[0]?.stage ?? 0]?.name.toLowerCase();
        return (
          <li key={batchId} className="flex flex-wrap items-center gap-3 text-sm">
            <div
              role="progressbar"
              aria-label={`${done} of ${wanted} ${what}`}
              aria-valuemin={0}
              aria-valuemax={wanted}
              aria-valuenow={done + failed}
              className="h-1.5 grow overflow-hidden rounded-full bg-raised"
            >
              <div
                className="h-full rounded-full bg-accent transition-[width]"
                style={{ width: `${(100 * (done + failed)) / wanted}%` }}
              />
            </div>
            <span className="shrink-0 tabular-nums text-soft">
              {done} of {wanted} {what}
              {failed ? ` · ${failed} failed` : ""}
              {pausedSince ? " · the queue is paused" : eta ? ` · about ${seconds(eta)} left` : ""}
            </span>
            <NotifyMe />
            <WaitingReason of={members} className="-order-1 w-full" />
            <Button look="quiet" onClick={() => void cancelBatch(batchId)}>
              Stop
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

/** Shown only while the browser has not been asked for permission. */
function NotifyMe() {
  const [asked, setAsked] = useState(!("Notification" in window) || Notification.permission !== "default");
  if (asked) return null;
  return (
    <Button
      look="quiet"
      className="max-sm:hidden"
      onClick={() => void Notification.requestPermission().then(() => setAsked(true))}
    >
      Tell me when it is done
    </Button>
  );
}

function Continue({ stage, refine }: { stage: number; refine: ReactNode }) {
  const { sending, next, chosen, waiting } = useContinue(stage);
  const config = useSessionStore((store) => store.config);
  const flows = useSessionStore((store) => store.flows);
  const target = stageOf(flows, config, stage + 1);
  const body = chosen.length
    ? bodyFor(
        stage + 1,
        chosen.map((each) => each.id),
      )
    : null;
  const answer = useEstimate(body);
  const verb = STAGES[stage + 1]?.verb ?? "Continue";
  const suggestionFirst = useSuggestionFirst();
  if (!chosen.length) return <Hint stage={stage} waiting={waiting} />;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-2 sm:gap-x-4">
      <div className="w-full max-sm:-order-2">{refine}</div>
      {!suggestionFirst && (
        <>
          <Button
            look="primary"
            className="min-h-11 sm:px-5 sm:text-base"
            disabled={sending || !!answer?.problem}
            onClick={() => void next()}
          >
            {sending ? "Sending…" : `${verb} ${chosen.length} selected → ${target?.count ?? ""}`}
          </Button>
          {/* on a phone above the buttons: the bar grows upwards, and they stay under the finger */}
          <div className="max-sm:-order-1 max-sm:w-full">
            <EstimateLine answer={answer} />
          </div>
          <MaxCost />
          <MarkTools />
          <NotUsedYet />
          <p className="w-full text-xs text-soft max-sm:order-1">
            What is not picked is kept for a day, and for good when it is starred, on a board, or you come back to this
            stage.
          </p>
        </>
      )}
    </div>
  );
}

function Hint({ stage, waiting }: { stage: number; waiting: number }) {
  const drawn = useGenerationStore(({ live }) => ofStage(live.generations, stage).flat().some(hasPicture));
  if (waiting) return <p className="text-sm text-soft">{plural(waiting, "pick")} still being drawn.</p>;
  if (!drawn) return null;
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm text-soft">
      <p>
        Pick the ones you like<span className="pointer-coarse:hidden"> – click, or arrows and Space</span>. Then they
        are {stageName(stage + 1).toLowerCase()}.
      </p>
      <MarkTools />
    </div>
  );
}

/** In one line with the button that goes on, on a phone. */
const TIGHT = "max-sm:px-2!";

/** Buttons for the keys Z and C, for touch screens. */
function MarkTools() {
  const undoable = useGenerationStore(({ pastMarks }) => pastMarks.length > 0);
  const marks = useGenerationStore((store) => store.marks);
  const generations = useGenerationStore(({ live }) => live.generations);
  const chosen = picked(generations, marks, useStage());
  const [one, other] = chosen;
  return (
    <>
      {undoable && (
        <Button look="quiet" className={TIGHT} onClick={() => useGenerationStore.getState().undo()}>
          Undo
        </Button>
      )}
      {one && (
        <Button
          look="quiet"
          className={TIGHT}
          title="Put them on a board (B)"
          onClick={() => putOnBoard(chosen.map(({ id }) => id))}
        >
          Board
        </Button>
      )}
      {one && other && (
        <Button
          look="quiet"
          className={TIGHT}
          onClick={() => useUiStore.getState().set({ compared: [one.id, other.id] })}
        >
          Compare
        </Button>
      )}
    </>
  );
}
