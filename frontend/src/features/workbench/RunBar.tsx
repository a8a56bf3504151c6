import { useState } from "react";
import type { TaskType } from "@/api/types";
import { Button } from "@/components/Button";
import { MaxCostField } from "@/components/MaxCostField";
import { taskId } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import { JobJson } from "@/features/workbench/JobJson";
import { requestOf, submitDraft, useSending } from "@/features/workbench/submission";
import { TypeChooser } from "@/features/workbench/form/TypeChooser";
import { plural } from "@/lib/format";
import { useBarHeight } from "@/lib/useBarHeight";
import { useFleetCosts, useHourlyCosts } from "@/stores/useMaxCost";

/** The actions on the form: run, show as JSON. */
export function RunBar({ types }: { types: readonly TaskType[] }) {
  const { draft, problems, maxCost, setMaxCost } = useDraftStore();
  const costs = useFleetCosts() || maxCost > 0;
  const hourly = useHourlyCosts();
  const { sending } = useSending();
  const [open, setOpen] = useState<"next" | "json" | null>(null);
  const close = () => setOpen(null);
  const measured = useBarHeight();
  const whole = problems.filter(({ task }) => task === null || !draft[task]);
  const last = taskId(draft.length - 1);
  return (
    <div
      ref={measured}
      className="sticky bottom-(--pages) z-10 -mx-4 grid gap-2 border-t border-line bg-bg/95 px-4 py-3 backdrop-blur lg:mx-0 lg:px-0"
    >
      {whole.map(({ message }) => (
        <p key={message} role="alert" className="text-sm text-bad">
          {message}
        </p>
      ))}
      {problems.length > whole.length && (
        <p role="alert" className="text-sm text-bad">
          {plural(problems.length - whole.length, "mistake")} to correct: nothing was submitted.
        </p>
      )}
      {costs && <MaxCostField value={maxCost} what="a job" hourly={hourly} onChange={setMaxCost} />}
      <div className="flex flex-wrap items-center gap-1.5 sm:gap-2">
        <Button
          look="primary"
          type="submit"
          className="min-h-11 px-4 text-base sm:px-5"
          title="Ctrl+Enter in a text does the same"
          disabled={sending}
        >
          {sending ? "Sending…" : draft.length > 1 ? `Run ${draft.length} tasks` : "Run"}
        </Button>
        <Button className="min-h-11" onClick={() => setOpen("next")}>
          Add a next task
        </Button>
        <Button look="quiet" className="max-sm:px-2" onClick={() => setOpen("json")}>
          Job JSON
        </Button>
      </div>
      {open === "json" && <JobJson job={requestOf(draft, types, maxCost)} onClose={close} />}
      {open === "next" && (
        <TypeChooser
          title="Add a next task"
          description={`It starts from the result of ${last}, in the same job.`}
          types={types}
          onClose={close}
          onChoose={(type) => {
            useDraftStore.getState().addTask(type);
            close();
          }}
        />
      )}
    </div>
  );
}

/** Submits on Ctrl+Enter in any text, as in the studio. */
export const submitByKey = (types: readonly TaskType[]) => (event: React.KeyboardEvent<HTMLElement>) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submitDraft(types);
};
