import type { Catalog, TaskType } from "@/api/types";
import { Button } from "@/components/Button";
import { taskOf } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import type { FormField } from "@/features/workbench/draft/formSchema";
import { offerBack } from "@/features/workbench/draft/offerBack";
import { TaskField } from "@/features/workbench/form/TaskField";
import { fieldsFor, titleOf } from "@/features/workbench/draft/taskTypes";
import { withUsualFile } from "@/features/workbench/form/usualFile";
import { plural } from "@/lib/format";
import { nameOf, useGpuStore } from "@/stores/gpuStore";
import { useModels } from "@/stores/modelStore";

interface Props {
  type: TaskType;
  task: number;
  catalog: Catalog | null;
}

/** The inputs of one task, from the schema of its type. */
export function TaskForm({ type, task, catalog }: Props) {
  const models = useModels();
  const fields = fieldsFor(type).map((each) => withUsualFile(each, type, models, catalog));
  const plain = fields.filter(({ advanced }) => !advanced);
  const advanced = fields.filter((each) => each.advanced);
  const problems = useDraftStore((store) => store.problems).filter((each) => each.task === task);
  const shown = new Set(fields.map(({ name }) => name));
  const elsewhere = problems.filter(({ field }) => field === null || !shown.has(field));
  return (
    <div className="grid gap-4">
      <header>
        <div className="flex items-start justify-between gap-3">
          <h2 className="text-lg font-semibold">
            {titleOf(type)} <code className="ml-1 text-xs font-normal text-soft">{type.type}</code>
          </h2>
          <Button look="quiet" onClick={() => reset(task)}>
            Reset
          </Button>
        </div>
        <p className="text-sm text-soft">{type.description}</p>
      </header>
      <Unable type={type} />
      {elsewhere.map(({ message }) => (
        <p key={message} role="alert" className="rounded-lg border border-bad p-3 text-sm text-bad">
          {message}
        </p>
      ))}
      <Fields fields={plain} task={task} catalog={catalog} family={type.families[0] ?? ""} />
      {advanced.length > 0 && (
        <Advanced
          key={type.type}
          fields={advanced}
          task={task}
          catalog={catalog}
          family={type.families[0] ?? ""}
          wrong={problems.some(({ field }) => advanced.some(({ name }) => name === field))}
        />
      )}
    </div>
  );
}

/** Empty the task's form, with a way to undo that. */
function reset(task: number): void {
  const { draft, shown, replace } = useDraftStore.getState();
  replace(
    draft.map((each, place) => (place === task ? taskOf(each.type) : each)),
    shown,
  );
  offerBack("The form is empty again", () => replace(draft, shown));
}

/** A type that no node can run is shown with what each node lacks. */
function Unable({ type: { nodes, reasons } }: { type: TaskType }) {
  const gpus = useGpuStore((store) => store.gpus);
  if (nodes.length) return null;
  const told = Object.entries(reasons);
  return (
    <div role="status" className="rounded-lg border border-warm p-3 text-sm">
      <p className="font-medium text-warm">No node can run this as it comes.</p>
      <ul className="mt-1 grid gap-1 text-soft">
        {told.map(([node, reason]) => (
          <li key={node}>
            <span className="text-text">{nameOf(gpus, node)}</span> {reason}
          </li>
        ))}
        {!told.length && <li>There is no node yet.</li>}
      </ul>
    </div>
  );
}

interface FieldsProps {
  fields: readonly FormField[];
  task: number;
  catalog: Catalog | null;
  family: string;
}

const WIDE = new Set<FormField["kind"]>(["long", "picture", "loras", "text"]);

/** Names of files are long, those of samplers are not. */
const isWide = ({ kind, catalog }: FormField): boolean =>
  WIDE.has(kind) || (kind === "name" && catalog !== "samplers" && catalog !== "schedulers");

function Fields({ fields, ...about }: FieldsProps) {
  return (
    <div className="grid grid-cols-1 gap-x-4 gap-y-3 sm:grid-cols-2">
      {fields.map((field) => (
        <div key={field.name} data-field={field.name} className={isWide(field) ? "min-w-0 sm:col-span-2" : "min-w-0"}>
          <TaskField field={field} {...about} />
        </div>
      ))}
    </div>
  );
}

function Advanced({ wrong, ...about }: FieldsProps & { wrong: boolean }) {
  const { fields, task } = about;
  const inputs = useDraftStore(({ draft }) => draft[task]?.inputs) ?? {};
  const changed = fields.filter(({ name }) => name in inputs).length;
  return (
    <details key={String(wrong)} open={wrong || changed > 0}>
      <summary className="text-sm text-soft hover:text-text">
        Advanced: {plural(fields.length, "setting")}
        {changed > 0 && `, ${changed} changed`}
      </summary>
      <div className="mt-3">
        <Fields {...about} />
      </div>
    </details>
  );
}
