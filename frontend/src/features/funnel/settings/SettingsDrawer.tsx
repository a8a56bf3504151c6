import { Tabs } from "radix-ui";
import { useState, type ReactNode } from "react";

import type { Workflow } from "@/api/types";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Modal } from "@/components/Modal";
import { Loras } from "@/features/funnel/settings/Loras";
import { ManifestFields, type Values } from "@/features/funnel/settings/ManifestFields";
import { NumberFields } from "@/features/funnel/settings/NumberFields";
import { STAGES, stageName } from "@/lib/stages";
import { bodyFor, parentsOf, useStage } from "@/actions/batchRequest";
import { useEstimate } from "@/actions/estimate/useEstimate";
import { chosenWorkflow, useWorkflowDetail, useWorkflows } from "@/features/funnel/settings/useLibrary";
import { stageOf, useSessionStore, type StageSettings } from "@/stores/sessionStore";
import { startsFromPicture } from "@/stores/startPicture";
import { useUiStore } from "@/stores/uiStore";

/** Parameters with a field in this form or outside it. */
const NAMED = new Set([
  "prompt",
  "negative_prompt",
  "image",
  "mask",
  "seed",
  "width",
  "height",
  "steps",
  "denoise_strength",
]);
const TOP_LEVEL = new Set(["checkpoint", "cfg_scale", "sampler", "scheduler"]);

const OF_A_FAMILY = { checkpoint: null, sampler: null, scheduler: null, cfg_scale: null, loras: [], parameters: {} };

/** The settings of each stage; an empty field means the preset's or the workflow's value. */
export function SettingsDrawer() {
  const current = useStage();
  const [stage, setStage] = useState(current);
  const { flows, config, change, changeStage } = useSessionStore();
  const settings = stageOf(flows, config, stage);
  const own = config.stages[stage] ?? {};
  const workflows = useWorkflows();
  const workflow = chosenWorkflow(workflows, settings, startsFromPicture(config, stage));
  const detail = useWorkflowDetail(workflow?.id);
  const answer = useEstimate(config.prompt && stage === current ? bodyFor(stage, parentsOf(stage)) : null);
  const set = (fields: StageSettings) => changeStage(stage, fields);
  const setMore = (name: string, value: string | number | boolean | undefined) => {
    if (TOP_LEVEL.has(name)) return set({ [name]: value ?? null });
    const { [name]: _, ...others } = own.parameters ?? {};
    set({ parameters: value === undefined ? others : { ...others, [name]: value } });
  };
  return (
    <Modal
      side
      title="Settings"
      description="Of each stage; what is empty follows the preset."
      onClose={() => useUiStore.getState().set({ drawerOpen: false })}
    >
      <StageTabs stage={stage} onChange={setStage}>
        <FamilyField
          family={settings?.model_family ?? ""}
          workflows={workflows}
          error={answer?.problem?.about("model_family")}
          onChange={(model_family) => set({ model_family, ...OF_A_FAMILY })}
        />
        <NumberFields stage={stage} problem={answer?.problem ?? null} />
        <Loras
          family={settings?.model_family ?? ""}
          loras={own.loras ?? []}
          most={workflow?.supports_lora ? workflow.max_loras : 0}
          onChange={(loras) => set({ loras })}
        />
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
        <Refusal text={answer?.problem?.message} />
        <Button onClick={() => change({ stages: { ...config.stages, [stage]: {} } })}>
          Back to the preset ({stageName(stage)})
        </Button>
      </StageTabs>
    </Modal>
  );
}

function Refusal({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <p role="alert" className="text-sm text-bad">
      {text}
    </p>
  );
}

interface FamilyProps {
  family: string;
  workflows: readonly Workflow[];
  error: string | undefined;
  onChange: (family: string) => void;
}

function FamilyField({ family, workflows, error, onChange }: FamilyProps) {
  const families = [...new Set(workflows.flatMap((each) => each.families))].filter((each) => each !== "any").sort();
  return (
    <Field label="Model family" error={error}>
      {(control) => (
        <select {...control} className="field" value={family} onChange={(event) => onChange(event.target.value)}>
          {families.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface TabsProps {
  stage: number;
  onChange: (stage: number) => void;
  children: ReactNode;
}

function StageTabs({ stage, onChange, children }: TabsProps) {
  return (
    <Tabs.Root value={String(stage)} onValueChange={(value) => onChange(Number(value))}>
      <Tabs.List aria-label="Stage" className="flex rounded-lg bg-raised p-1 text-sm">
        {STAGES.map(({ name }, index) => (
          <Tabs.Trigger
            key={name}
            value={String(index)}
            className="grow rounded-md px-2 py-1 text-soft aria-selected:bg-bg aria-selected:font-semibold aria-selected:text-text"
          >
            {name}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value={String(stage)} className="mt-5 grid gap-5">
        {children}
      </Tabs.Content>
    </Tabs.Root>
  );
}

const pick = (settings: StageSettings): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([name, value]) => TOP_LEVEL.has(name) && value != null));
