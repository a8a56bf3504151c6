import type { TaskType } from "@/api/types";
import { Field } from "@/components/Field";
import { grouped, titleOf, type Group } from "@/features/workbench/draft/taskTypes";

interface Props {
  types: readonly TaskType[];
  chosen: string;
  onChoose: (type: TaskType) => void;
}

/** Every task type by family; a list where there is room, else a select. */
export function TypeList({ types, chosen, onChoose }: Props) {
  const groups = grouped(types);
  return (
    <>
      <nav aria-label="Task types" className="hidden gap-1 lg:grid">
        {groups.map((group) => (
          <Family key={group.family} group={group} chosen={chosen} onChoose={onChoose} />
        ))}
      </nav>
      <div className="lg:hidden">
        <Field label="Task type">
          {(control) => (
            <select
              {...control}
              className="field"
              value={chosen}
              onChange={({ target }) => {
                const type = types.find((each) => each.type === target.value);
                if (type) onChoose(type);
              }}
            >
              {groups.map((group) => (
                <optgroup key={group.family} label={group.title}>
                  {group.types.map((type) => (
                    <option key={type.type} value={type.type}>
                      {group.title}: {titleOf(type)}
                      {type.nodes.length ? "" : " – no node"}
                    </option>
                  ))}
                </optgroup>
              ))}
            </select>
          )}
        </Field>
      </div>
    </>
  );
}

function Family({ group, chosen, onChoose }: Omit<Props, "types"> & { group: Group }) {
  const holds = group.types.some(({ type }) => type === chosen);
  return (
    <details key={String(holds)} open={holds} className="group">
      <summary className="flex items-center justify-between rounded-lg px-2.5 py-1.5 text-sm font-semibold hover:bg-raised">
        <span>
          <span aria-hidden className="mr-2 inline-block text-xs text-soft transition-transform group-open:rotate-90">
            ▸
          </span>
          {group.title}
        </span>
        <span className="text-xs font-normal text-soft">{group.types.length}</span>
      </summary>
      <ul className="mb-2 grid gap-0.5 pl-2">
        {group.types.map((type) => (
          <li key={type.type}>
            <TypeButton type={type} current={type.type === chosen} onChoose={onChoose} />
          </li>
        ))}
      </ul>
    </details>
  );
}

interface ButtonProps {
  type: TaskType;
  current: boolean;
  onChoose: (type: TaskType) => void;
}

export function TypeButton({ type, current, onChoose }: ButtonProps) {
  const able = type.nodes.length > 0;
  return (
    <button
      type="button"
      title={type.description}
      aria-current={current}
      data-type={type.type}
      onClick={() => onChoose(type)}
      className="flex w-full items-center justify-between gap-2 rounded-lg px-2.5 py-1.5 text-left text-sm text-soft hover:bg-raised hover:text-text aria-[current=true]:bg-raised aria-[current=true]:font-medium aria-[current=true]:text-text"
    >
      <span className="min-w-0">{titleOf(type)}</span>
      {!able && <span className="shrink-0 text-xs font-normal text-warm">no node</span>}
    </button>
  );
}
