import { useMemo, useState, type ReactNode } from "react";

import { EstimateLine } from "@/actions/estimate/EstimateLine";
import { useEstimate } from "@/actions/estimate/useEstimate";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Asked } from "@/features/explorer/Asked";
import { gridOf } from "@/features/explorer/axes/axis";
import { AxesGrid } from "@/features/explorer/axes/AxesGrid";
import { AxisFields } from "@/features/explorer/axes/AxisFields";
import { gridShown } from "@/features/explorer/axes/cells";
import { VARIATIONS } from "@/features/explorer/axes/gridRequest";
import { DroppedSheet } from "@/features/explorer/axes/DroppedSheet";
import { saveSheet } from "@/features/explorer/axes/sheets";
import { useGridRequest } from "@/features/explorer/axes/useGridRequest";
import { usePicture } from "@/features/explorer/pictures";
import { AT_FIRST, centreOf, type AxisDraft, type ExplorerState } from "@/features/explorer/state";
import { submitPictures } from "@/features/explorer/submit";
import { useBatch } from "@/features/explorer/useBatch";
import { changeExplorer } from "@/features/explorer/useExplorer";
import { plural } from "@/lib/format";
import { stageOf, useSessionStore } from "@/stores/sessionStore";

/** Every combination of two things that differ, as one grid. */
export function AxesView({ state }: { state: ExplorerState }) {
  const batch = useBatch(state.grid);
  return (
    <div className="grid content-start gap-4 px-4 py-3 lg:grid-cols-[20rem_minmax(0,1fr)]">
      <GridForm state={state} asked={batch && batch !== "gone" ? <Asked batch={batch} /> : null} />
      <section aria-label="Grid" className="grid min-w-0 content-start gap-3">
        <DroppedSheet />
        <ShownGrid batchId={state.grid} batch={batch} />
      </section>
    </div>
  );
}

function GridForm({ state, asked }: { state: ExplorerState; asked: ReactNode }) {
  const [sending, setSending] = useState(false);
  const { body, problem } = useGridRequest(state);
  const answer = useEstimate(body, `${VARIATIONS}/estimate`);
  const grid = gridOf(state.x, state.y);
  const family = useFamily(state);
  const draw = async () => {
    if (!body || sending) return;
    setSending(true);
    const batch = await submitPictures(VARIATIONS, body);
    if (batch) changeExplorer({ grid: batch.batch_id });
    setSending(false);
  };
  const set = (fields: { x?: AxisDraft; y?: AxisDraft | null }, typed = false) => changeExplorer(fields, typed);
  return (
    <form
      className="grid content-start gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void draw();
      }}
    >
      <Of state={state} />
      <AxisFields
        label="Across"
        axis={state.x}
        found={grid.x}
        family={family}
        onChange={(x, typed) => set({ x }, typed)}
      />
      {state.y && grid.y ? (
        <>
          <AxisFields
            label="Down"
            axis={state.y}
            found={grid.y}
            family={family}
            onChange={(y, typed) => set({ y }, typed)}
          />
          <Button look="quiet" onClick={() => set({ y: null })}>
            One axis alone
          </Button>
        </>
      ) : (
        <Button look="quiet" onClick={() => set({ y: AT_FIRST.y })}>
          A second axis
        </Button>
      )}
      <Button look="primary" type="submit" className="min-h-11" disabled={!body || sending || Boolean(answer?.problem)}>
        {sending ? "Sending…" : grid.count === null ? "Draw the grid" : `Draw ${plural(grid.count, "picture")}`}
      </Button>
      {asked /* above what comes late and has any number of lines: its button stays under the finger */}
      {problem && <p className="text-sm text-warm">{problem}</p>}
      {body && <EstimateLine answer={answer} />}
    </form>
  );
}

function useFamily(state: ExplorerState): string {
  const found = usePicture(state.ofPicture ? centreOf(state) : null);
  const { flows, config } = useSessionStore();
  const drafts = stageOf(flows, config, 0)?.model_family ?? "";
  return found && found !== "gone" ? found.model_family : drafts;
}

/** Whether the grid varies the picture in the middle of the map, or the prompt. */
function Of({ state }: { state: ExplorerState }) {
  if (!centreOf(state)) return null;
  const look =
    "cursor-pointer rounded-full border border-line px-3 py-1.5 text-sm text-soft has-checked:border-accent has-checked:text-text has-focus-visible:outline-2";
  const option = (name: string, ofPicture: boolean) => (
    <label className={look}>
      <input
        type="radio"
        name="grid-of"
        className="sr-only"
        checked={state.ofPicture === ofPicture}
        onChange={() => changeExplorer({ ofPicture }, true)}
      />
      {name}
    </label>
  );
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">What is varied</legend>
      {option("The picture in the middle", true)}
      {option("The prompt", false)}
    </fieldset>
  );
}

function ShownGrid({ batchId, batch }: { batchId: string | null; batch: ReturnType<typeof useBatch> }) {
  const grid = useMemo(() => (batch && batch !== "gone" ? gridShown(batch) : null), [batch]);
  if (!batchId || batch === "gone")
    return <Notice title="No grid yet">Choose what differs, and draw. Or drop the JSON of a sheet here.</Notice>;
  if (!batch) return <Notice title="Loading the grid…" />;
  return (
    <>
      {grid ? (
        <AxesGrid grid={grid} />
      ) : (
        <Notice title="Its pictures differ in more than two ways">They are on the map.</Notice>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void saveSheet(batchId, "png")}>Sheet as PNG</Button>
        <Button title="Drop it here, and it is drawn again" onClick={() => void saveSheet(batchId, "json")}>
          Sheet as JSON
        </Button>
      </div>
    </>
  );
}
