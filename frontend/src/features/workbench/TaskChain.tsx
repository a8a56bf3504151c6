import type { TaskType } from "@/api/types";
import { taskId } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import { titleOf } from "@/features/workbench/draft/taskTypes";

/** The job's tasks in order; the form of one of them is shown. */
export function TaskChain({ types }: { types: readonly TaskType[] }) {
  const { draft, shown, problems, show, removeTask } = useDraftStore();
  if (draft.length < 2) return null;
  return (
    <nav aria-label="Tasks of the job">
      <ol className="flex flex-wrap items-center gap-1.5">
        {draft.map((task, index) => {
          const type = types.find((each) => each.type === task.type);
          const name = `${taskId(index)} ${type ? titleOf(type) : task.type}`;
          const wrong = problems.some((each) => each.task === index);
          return (
            <li key={index} className="flex items-center gap-1.5">
              {index > 0 && <span className="text-soft">→</span>}
              <span
                className={`inline-flex items-center rounded-lg border text-sm ${index === shown ? "border-accent bg-raised" : "border-line"}`}
              >
                <button
                  type="button"
                  aria-current={index === shown ? "step" : undefined}
                  className="min-h-9 px-3"
                  onClick={() => show(index)}
                >
                  <span className="mr-1.5 text-xs text-soft">{taskId(index)}</span>
                  {type ? titleOf(type) : task.type}
                  {wrong && <span className="ml-1.5 text-xs text-bad">to correct</span>}
                </button>
                <button
                  type="button"
                  aria-label={`Remove ${name}`}
                  className="min-h-9 rounded-r-lg px-2 text-soft hover:text-text"
                  onClick={() => removeTask(index)}
                >
                  ✕
                </button>
              </span>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
