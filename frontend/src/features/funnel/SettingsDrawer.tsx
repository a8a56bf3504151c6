import { useState } from "react";

import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Modal } from "@/components/Modal";
import { LoraPicker } from "@/features/funnel/LoraPicker";
import { ManifestFields, type Values } from "@/features/funnel/ManifestFields";
import { STAGES, stageName } from "@/features/funnel/stages";
import { bodyFor, parentsOf, useStage } from "@/features/funnel/submission";
import { useEstimate } from "@/features/funnel/useEstimate";
import { chosenWorkflow, useWorkflowDetail, useWorkflows } from "@/features/funnel/useLibrary";
import { stageOf, useSessionStore, type StageSettings } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

const NUMBERS = [
  { name: "count", label: "Pictures", min: 1, max: 1000, step: 1 },
  { name: "steps", label: "Steps", min: 1, max: 150, step: 1 },
  { name: "width", label: "Width", min: 64, max: 16384, step: 8 },
  { name: "height", label: "Height", min: 64, max: 16384, step: 8 },
  { name: "seed", label: "Seed", min: 0, max: Number.MAX_SAFE_INTEGER, step: 1 },
  { name: "denoise_strength", label: "Change", min: 0, max: 1, step: 0.05 },
] as const;

const HINTS: Record<string, string> = {
  seed: "Of the first picture; empty: random.",
  denoise_strength: "How far from its draft: 0 keeps it, 1 forgets it.",
};

/** Parameters with a field in this form or outside it. */
const NAMED = new Set(["prompt", "negative_prompt", "image", "mask", "seed", "width", "height", "steps", "denoise_strength"]);
const TOP_LEVEL = new Set(["checkpoint", "cfg_scale", "sampler", "scheduler"]);

/** What each stage draws with; empty is what the preset or the workflow says. */
export function SettingsDrawer() {
  const current = useStage();
  const [stage, setStage] = useState(current);
  const { flows, config, change, changeStage } = useSessionStore();
  const settings = stageOf(flows, config, stage);
  const own = config.stages[stage] ?? {};
  const workflows = useWorkflows();
  const families = [...new Set(workflows.flatMap((each) => each.families))].filter((each) => each !== "any").sort();
  const workflow = chosenWorkflow(workflows, settings?.model_family ?? "", stage > 0, own.loras?.length ?? 0);
  const detail = useWorkflowDetail(workflow?.id);
  const answer = useEstimate(config.prompt && stage === current ? bodyFor(stage, parentsOf(stage)) : null);
  const set = (fields: StageSettings) => changeStage(stage, fields);
  const setMore = (name: string, value: string | number | boolean | undefined) => {
    if (TOP_LEVEL.has(name)) return set({ [name]: value ?? null });
    const { [name]: _, ...others } = own.parameters ?? {};
    set({ parameters: value === undefined ? others : { ...others, [name]: value } });
  };
  return (
    <Modal side title="Settings" description="Of each stage; what is empty follows the preset." onClose={() => useUiStore.getState().set({ drawerOpen: false })}>
      <div className="grid gap-5">
        <div role="tablist" aria-label="Stage" className="flex rounded-lg bg-raised p-1 text-sm">
          {STAGES.map(({ name }, index) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={index === stage}
              className={`grow rounded-md px-2 py-1 ${index === stage ? "bg-bg font-semibold" : "text-soft"}`}
              onClick={() => setStage(index)}
            >
              {name}
            </button>
          ))}
        </div>
        <Field label="Model family" error={answer?.problem?.about("model_family")}>
          {(control) => (
            <select {...control} className="field" value={settings?.model_family ?? ""} onChange={(event) => set({ model_family: event.target.value, checkpoint: null, loras: [] })}>
              {families.map((family) => (
                <option key={family}>{family}</option>
              ))}
            </select>
          )}
        </Field>
        <div className="grid grid-cols-2 gap-x-3 gap-y-2">
          {NUMBERS.filter(({ name }) => name !== "denoise_strength" || stage > 0).map(({ name, label, ...limits }) => (
            <Field key={name} label={label} hint={HINTS[name]} error={answer?.problem?.about(name)}>
              {(control) => (
                <input
                  {...control}
                  {...limits}
                  type="number"
                  className="field"
                  value={own[name] ?? ""}
                  placeholder={name === "seed" ? "random" : String(settings?.[name] ?? "")}
                  onChange={(event) => set({ [name]: event.target.value === "" ? null : Number(event.target.value) })}
                />
              )}
            </Field>
          ))}
        </div>
        <LoraPicker loras={own.loras ?? []} most={workflow?.supports_lora ? workflow.max_loras : 0} onChange={(loras) => set({ loras })} />
        {detail && (
          <details>
            <summary className="text-sm text-soft">More from the workflow {detail.id}</summary>
            <div className="mt-3 grid gap-3">
              <ManifestFields
                schema={detail.parameters_schema}
                family={settings?.model_family ?? ""}
                without={NAMED}
                values={{ ...own.parameters, ...pick(own) } as Values}
                errorOf={(name) => answer?.problem?.about(name) ?? answer?.problem?.about(`parameters.${name}`)}
                onChange={setMore}
              />
            </div>
          </details>
        )}
        {answer?.problem && (
          <p role="alert" className="text-sm text-bad">
            {answer.problem.message}
          </p>
        )}
        <Button onClick={() => change({ stages: { ...config.stages, [stage]: {} } })}>Back to the preset ({stageName(stage)})</Button>
      </div>
    </Modal>
  );
}

const pick = (settings: StageSettings): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([name, value]) => TOP_LEVEL.has(name) && value != null));
