import { useCallback, useEffect, useRef } from "react";

import type { Catalog, TaskType } from "@/api/types";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { useArrivingPictures } from "@/components/useArrivingPictures";
import { keepDraft, useDraftStore } from "@/features/workbench/draft/draftStore";
import { fieldForMore, takeArrival } from "@/features/workbench/draft/intake";
import { JobList } from "@/features/workbench/jobs/JobList";
import { RunBar, submitByKey } from "@/features/workbench/RunBar";
import { useRecall } from "@/features/workbench/recalling";
import { submitDraft } from "@/features/workbench/submission";
import { TaskChain } from "@/features/workbench/TaskChain";
import { TaskForm } from "@/features/workbench/form/TaskForm";
import { firstOf, pictureFields } from "@/features/workbench/draft/taskTypes";
import { TypeList } from "@/features/workbench/form/TypeList";
import type { Arrival } from "@/lib/arriving/arrivals";
import { useTaskTypes } from "@/features/workbench/draft/useTaskTypes";

interface Props {
  onOpen: (sessionId: string, generationId: string) => void;
}

/** Every task type as a form, tasks to chain, and the recent jobs. */
export function WorkbenchPage({ onOpen }: Props) {
  const { types, catalog, problem, reload } = useTaskTypes();
  return (
    <div className="mx-auto grid w-full max-w-[110rem] content-start gap-4 p-4">
      <header>
        <h1 className="text-xl font-semibold">Workbench</h1>
        <p className="text-sm text-soft">Any task of any family, alone or as a chain that runs as one job.</p>
      </header>
      {types ? (
        <div className="grid items-start gap-x-8 gap-y-8 lg:grid-cols-[13rem_minmax(0,1fr)] xl:grid-cols-[13rem_minmax(0,1fr)_minmax(0,26rem)] 2xl:grid-cols-[14rem_minmax(0,1fr)_minmax(0,34rem)]">
          <Bench types={types} catalog={catalog} />
          <div className="lg:col-start-2 xl:sticky xl:top-28 xl:col-start-3 xl:max-h-[calc(100dvh-8rem)] xl:overflow-y-auto">
            <JobList types={types} onOpen={onOpen} />
          </div>
        </div>
      ) : problem ? (
        <Notice title="The workbench cannot be shown" tone="bad">
          <p className="mb-4">{problem.message}</p>
          <Button onClick={reload}>Try again</Button>
        </Notice>
      ) : (
        <Waiting />
      )}
    </div>
  );
}

function Bench({ types, catalog }: { types: readonly TaskType[]; catalog: Catalog | null }) {
  const { draft, shown, setType } = useDraftStore();
  useEffect(keepDraft, []);
  const task = draft[shown];
  const first = firstOf(types);
  useEffect(() => {
    if (!task && first) setType(0, first);
  }, [task, first, setType]);
  const type = types.find((each) => each.type === task?.type);
  useRecall(types);
  usePageIntake(shown, type);
  const form = useArrival();
  if (!types.length) {
    return (
      <div className="lg:col-span-2">
        <Notice title="There is no workflow">
          Put one into the folder that the hub follows; it appears by itself.
        </Notice>
      </div>
    );
  }
  return (
    <>
      <aside className="lg:sticky lg:top-28 lg:max-h-[calc(100dvh-8rem)] lg:overflow-y-auto">
        <TypeList types={types} chosen={task?.type ?? ""} onChoose={(chosen) => setType(shown, chosen)} />
      </aside>
      <form
        ref={form}
        tabIndex={-1}
        aria-label="Task"
        noValidate
        className="grid min-w-0 scroll-mt-28 gap-4 outline-none"
        onKeyDown={submitByKey(types)}
        onSubmit={(event) => {
          event.preventDefault();
          void submitDraft(types);
        }}
      >
        <TaskChain types={types} />
        {task && (type ? <TaskForm type={type} task={shown} catalog={catalog} /> : <Unknown name={task.type} />)}
        <RunBar types={types} />
      </form>
    </>
  );
}

/** Scrolls to a newly shown form, and to the first mistake of a refused one. */
function useArrival() {
  const form = useRef<HTMLFormElement>(null);
  const arrivals = useDraftStore((store) => store.arrivals);
  const problems = useDraftStore((store) => store.problems);
  useEffect(() => {
    if (!arrivals) return;
    form.current?.focus({ preventScroll: true });
    form.current?.scrollIntoView({ block: "start" });
  }, [arrivals]);
  const refused = problems.length > 0;
  useEffect(() => {
    if (!refused) return;
    const wrong = form.current?.querySelector<HTMLElement>("[aria-invalid=true], [data-wrong=true] input");
    wrong?.focus({ preventScroll: true });
    wrong?.scrollIntoView({ block: "center" });
  }, [refused]);
  return form;
}

function Unknown({ name }: { name: string }) {
  return (
    <p role="alert" className="rounded-lg border border-warm p-3 text-sm">
      The hub has no task type <code>{name}</code> any more. Choose another one.
    </p>
  );
}

/** A picture that nobody can read settings from goes to the field that needs one. */
function usePageIntake(task: number, type: TaskType | undefined): void {
  const takes = type !== undefined && pictureFields(type).length > 0;
  const take = useCallback(
    (arrival: Arrival) => {
      const field = fieldForMore(useDraftStore.getState().draft, task, type);
      if (field) void takeArrival(task, field, arrival);
    },
    [task, type],
  );
  useArrivingPictures(takes ? take : null);
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading task types" className="grid gap-3 lg:grid-cols-[13rem_minmax(0,1fr)]">
      {[0, 1].map((each) => (
        <div key={each} className="shimmer h-80 rounded-2xl bg-panel" />
      ))}
    </div>
  );
}
