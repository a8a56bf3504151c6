import type { Catalog } from "@/api/types";
import { Field } from "@/components/Field";
import { LoraPicker } from "@/components/loras/LoraPicker";
import { lorasIn, taskId } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import { outside, type FormField } from "@/features/workbench/draft/formSchema";
import { PictureField } from "@/features/workbench/form/PictureField";
import { namesIn } from "@/features/workbench/draft/useTaskTypes";
import {
  BooleanInput,
  CatalogInput,
  ChoiceInput,
  LongText,
  NameInput,
  NumberInput,
  SeedInput,
  type ValueProps,
} from "@/features/workbench/form/ValueFields";
import { useGpuStore } from "@/stores/gpuStore";
import { familyOf, unsuitedLoras, useModelStore } from "@/stores/modelStore";

interface Props {
  field: FormField;
  task: number;
  catalog: Catalog | null;
  /** The usual one of the task's type. */
  family: string;
}

/** One input of a task: its control, description, and the hub's refusal. */
export function TaskField({ field, task, catalog, family }: Props) {
  const value = useDraftStore(({ draft }) => draft[task]?.inputs[field.name]);
  const refused = useDraftStore(({ problems }) =>
    problems.find((each) => each.task === task && each.field === field.name),
  );
  const missing = refused && value === undefined && field.required;
  const error = missing ? `${field.title} is needed.` : (outside(value, field) ?? refused?.message);
  if (field.kind === "picture") return <PictureField field={field} task={task} error={error} />;
  if (field.kind === "loras") return <Loras {...{ field, task, catalog, family, error }} />;
  const { setInput } = useDraftStore.getState();
  return (
    <Field label={field.title} hint={field.description} error={error} required={field.required}>
      {(control) => (
        <Value {...{ control, field, value, task, catalog }} onChange={(next) => setInput(task, field.name, next)} />
      )}
    </Field>
  );
}

function Value({ task, catalog, ...props }: ValueProps & { task: number; catalog: Catalog | null }) {
  const gpus = useGpuStore((store) => store.gpus);
  const { field } = props;
  const names = namesIn(catalog, field.catalog);
  switch (field.kind) {
    case "long":
      return <LongText {...props} />;
    case "number":
      return <NumberInput {...props} />;
    case "boolean":
      return <BooleanInput {...props} />;
    case "seed":
      return <SeedInput {...props} before={Array.from({ length: task }, (_, index) => taskId(index))} />;
    case "node":
      return <ChoiceInput {...props} options={gpus.map(({ id, name }) => [id, name] as const)} none="Any" />;
    case "choice":
      return (
        <ChoiceInput
          {...props}
          options={field.options.map((each) => [String(each), String(each)] as const)}
          none={field.fallback === null ? "Choose…" : `Default: ${String(field.fallback)}`}
          onChange={(chosen) => props.onChange(field.options.find((each) => String(each) === chosen))}
        />
      );
    default:
      return names?.length ? <CatalogInput {...props} names={names} /> : <NameInput {...props} />;
  }
}

function Loras({ field, task, catalog, family, error }: Props & { error: string | undefined }) {
  const loras = lorasIn(useDraftStore(({ draft }) => draft[task]?.inputs[field.name]));
  const files = new Map((namesIn(catalog, field.catalog) ?? []).map(({ name, nodes }) => [name, nodes]));
  const models = useModelStore((store) => store.models);
  const checkpoint = useDraftStore(({ draft }) => draft[task]?.inputs["checkpoint"]);
  const { setInput } = useDraftStore.getState();
  return (
    <div className="grid gap-1">
      <LoraPicker
        loras={loras}
        files={files}
        unsuited={unsuitedLoras(models, familyOf(models, checkpoint) ?? family)}
        most={field.most}
        onChange={(chosen) => setInput(task, field.name, chosen)}
      />
      {error && (
        <p role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
