import { useState } from "react";

import { beginFlow } from "@/actions/sessions";
import type { FlowType } from "@/api/types";
import { FLOWS } from "@/lib/flows";
import { useSessionStore } from "@/stores/sessionStore";

/** The three flows; this page is the beginning of the first, the others open with what is written here. */
export function FlowSelector() {
  const [opening, setOpening] = useState(false);
  const open = async (flow: FlowType) => {
    setOpening(true);
    await beginFlow(flow);
    setOpening(false);
  };
  return (
    <div className="grid gap-4">
      <ul className="grid gap-3 sm:grid-cols-3" aria-label="Flows">
        {FLOWS.map((flow) => (
          <li key={flow.id}>
            {flow.id === "draft_grid" ? (
              <p aria-current className="grid h-full content-start rounded-xl border border-accent bg-panel p-3">
                <span className="font-medium">{flow.name}</span>
                <span className="text-sm text-soft">{flow.says}</span>
              </p>
            ) : (
              <button
                type="button"
                disabled={opening}
                className="grid h-full w-full content-start rounded-xl border border-line p-3 text-left hover:border-accent disabled:opacity-60"
                onClick={() => void open(flow.id)}
              >
                <span className="flex justify-between gap-2 font-medium">
                  {flow.name} <span aria-hidden>→</span>
                </span>
                <span className="text-sm text-soft">{flow.says}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <Presets />
    </div>
  );
}

function Presets() {
  const { flows, config, change } = useSessionStore();
  if (!flows) return null;
  return (
    <>
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
      <p className="text-sm text-soft">{flows.presets[config.preset]?.description}</p>
    </>
  );
}

const titleOf = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1).replaceAll("_", " ");
