import { useSessionStore } from "@/stores/sessionStore";

const FLOWS = [
  { id: "draft_grid", name: "Draft Grid", says: "Twenty quick drafts. Pick, refine, polish, done.", works: true },
  { id: "concept_builder", name: "Concept Builder", says: "Build a picture from its parts.", works: false },
  { id: "explorer", name: "Explorer", says: "Wander through styles and seeds.", works: false },
];

export function FlowSelector() {
  const { flows, config, change } = useSessionStore();
  return (
    <div className="grid gap-4">
      <ul className="grid gap-3 sm:grid-cols-3" aria-label="Flows">
        {FLOWS.map((flow) => (
          <li
            key={flow.id}
            aria-current={flow.works}
            className={`rounded-xl border p-3 ${flow.works ? "border-accent bg-panel" : "border-line text-soft"}`}
          >
            <p className="flex items-center justify-between gap-2 font-medium">
              {flow.name}
              {!flow.works && <span className="rounded-full border border-line px-2 text-xs">coming</span>}
            </p>
            <p className="text-sm text-soft">{flow.says}</p>
          </li>
        ))}
      </ul>
      {flows && (
        <fieldset className="flex flex-wrap items-center gap-2 text-sm">
          <legend className="sr-only">Preset</legend>
          {Object.entries(flows.presets).map(([id, preset]) => (
            <label
              key={id}
              title={preset.description}
              className="cursor-pointer rounded-full border border-line px-3 py-1 text-soft has-checked:border-accent has-checked:text-text has-focus-visible:outline-2"
            >
              <input
                type="radio"
                name="preset"
                className="sr-only"
                checked={config.preset === id}
                onChange={() => change({ preset: id, stages: {} })}
              />
              {titleOf(id)}: {preset.stages.map((stage) => stage.count).join(" → ")}
              <span className="hidden sm:inline">
                {" "}
                · {[...new Set(preset.stages.map((stage) => stage.model_family))].join(", ")}
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <p className="text-sm text-soft">{flows?.presets[config.preset]?.description}</p>
    </div>
  );
}

const titleOf = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1).replaceAll("_", " ");
