import { useEffect } from "react";

import type { HubProblem } from "@/api/client";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { CompletedTextarea } from "@/components/CompletedTextarea";
import { SharedTextarea } from "@/components/SharedTextarea";
import { MaxCost } from "@/features/funnel/MaxCost";
import { NextPictures } from "@/features/funnel/NextPictures";
import { CheckpointLine } from "@/features/funnel/settings/CheckpointLine";
import { FormatPicker } from "@/features/funnel/settings/FormatPicker";
import { OtherWords } from "@/features/funnel/OtherWords";
import { PromptTools } from "@/features/funnel/PromptTools";
import { StartPictureSlot } from "@/actions/start/StartPictureSlot";
import { STAGES } from "@/lib/stages";
import { insertOf } from "@/actions/completions";
import { useStage } from "@/actions/batchRequest";
import { inWords, useGenerate, useSubmitting } from "@/actions/batches";
import { plural } from "@/lib/format";
import { useGenerationStore } from "@/stores/generationStore";
import { stageOf, useSessionStore, type SessionConfig } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

/** The prompt, the negative prompt, and the button to start. */
export function PromptEditor({ large = false }: { large?: boolean }) {
  const { flows, config } = useSessionStore();
  const { problem, sending, generate } = useGenerate();
  useEffect(() => () => useSubmitting.setState({ problem: null }), []);
  const stage = useStage();
  const settings = stageOf(flows, config, stage);
  const count = settings?.count ?? 0;
  const drawn = useGenerationStore(({ live }) => Object.values(live.generations).some((each) => each.stage === stage));
  const one = STAGES[stage]?.one ?? "picture";
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void generate();
      }}
    >
      <PromptField large={large} stage={stage} onGenerate={() => void generate()} />
      <OtherWords name="prompt" />
      <PromptTools stage={stage} />
      <NegativePrompt />
      {stage === 0 && <Beginning />}
      <CheckpointLine stage={stage} />
      <MaxCost />
      <div className="flex flex-wrap items-center gap-2">
        <Button
          look={drawn ? "plain" : "primary"}
          type="submit"
          className="min-h-11 grow px-4"
          disabled={!settings || sending || !config.prompt.trim()}
        >
          {!settings
            ? "Generate"
            : sending
              ? "Sending…"
              : drawn
                ? `Draw ${plural(count, `more ${one}`)}`
                : `Generate ${plural(count, one)}`}
        </Button>
        <Button onClick={() => useUiStore.getState().set({ drawerOpen: true })}>Settings</Button>
      </div>
      {config.start && !config.prompt.trim() && (
        <p className="text-xs text-warm">Say also what you want to see: the picture alone is no prompt.</p>
      )}
      {settings && <p className="text-xs text-soft">{settingsInWords({ ...settings, ...sizeShown(config, stage) })}</p>}
      <NextPictures stage={stage} />
      <Refusal problem={problem} />
    </form>
  );
}

/** The prompt itself, completed while it is typed. */
function PromptField({ large, stage, onGenerate }: { large: boolean; stage: number; onGenerate: () => void }) {
  const { flows, config, change } = useSessionStore();
  const problem = useSubmitting(({ problem }) => problem?.about("prompt"));
  return (
    <Field label="What do you want to see?" error={problem}>
      {(control) => (
        <CompletedTextarea
          {...control}
          family={stageOf(flows, config, stage)?.model_family ?? ""}
          insertOf={(chosen) => insertOf(chosen, stage)}
          className={`field resize-y ${large ? "min-h-28 text-lg" : "min-h-24"}`}
          value={config.prompt}
          dir="auto"
          placeholder="a lighthouse at dusk, oil painting"
          onText={(prompt) => change({ prompt })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onGenerate();
          }}
        />
      )}
    </Field>
  );
}

/** What the drafts start from, and their shape where no picture gives it. */
function Beginning() {
  const started = useSessionStore(({ config }) => config.start !== undefined);
  return (
    <>
      <StartPictureSlot />
      {!started && <FormatPicker />}
    </>
  );
}

/** The hub's refusal, unless it is about a text, where it is shown. */
function Refusal({ problem }: { problem: HubProblem | null }) {
  if (!problem || problem.about("prompt") || problem.about("negative_prompt")) return null;
  return (
    <p role="alert" className="rounded-lg border border-bad p-2 text-sm text-bad">
      {inWords(problem)}
    </p>
  );
}

function NegativePrompt() {
  const { config, change } = useSessionStore();
  const problem = useSubmitting(({ problem }) => problem?.about("negative_prompt"));
  return (
    <details open={config.negative_prompt || problem ? true : undefined}>
      <summary className="text-sm text-soft">What to keep out</summary>
      <SharedTextarea
        aria-label="Negative prompt"
        aria-invalid={Boolean(problem)}
        className="field mt-2 min-h-16 resize-y"
        dir="auto"
        value={config.negative_prompt}
        placeholder="blurry, text, extra fingers"
        onText={(negative_prompt) => change({ negative_prompt })}
      />
      {problem && <p className="text-xs text-bad">{problem}</p>}
      <OtherWords name="negative_prompt" />
    </details>
  );
}

/** A size if somebody typed one or the preset's is used; otherwise the format decides. */
const sizeShown = (config: SessionConfig, stage: number) =>
  stage === 0 && !config.start && (!config.format || config.format === "free") ? {} : NO_SIZE;

const NO_SIZE = { width: undefined, height: undefined };

const settingsInWords = ({
  model_family: family,
  width,
  height,
  steps,
  loras,
  seed,
}: Omit<NonNullable<ReturnType<typeof stageOf>>, "width" | "height"> & {
  width: number | undefined;
  height: number | undefined;
}): string =>
  [
    family,
    width != null && height != null ? `${width}×${height}` : "",
    steps ? plural(steps, "step") : "",
    loras?.length ? plural(loras.length, "LoRA") : "",
    seed == null ? "" : `seed ${seed}`,
  ]
    .filter(Boolean)
    .join(" · ");
