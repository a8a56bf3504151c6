import { inWords, useGenerate } from "@/actions/batches";
import { useStage } from "@/actions/batchRequest";
import type { HubProblem } from "@/api/client";
import { LaidOver } from "@/actions/wording/LaidOver";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { SharedTextarea } from "@/components/SharedTextarea";
import { keepBoard } from "@/features/concept/keeping";
import { changePrompt, useNotes } from "@/features/concept/useConcept";
import { plural } from "@/lib/format";
import { stageOf, useSessionStore } from "@/stores/sessionStore";

/** The prompt of the cards; written by hand, it changes them. */
export function PromptBox() {
  const { config, flows } = useSessionStore();
  const notes = useNotes((store) => store.notes);
  const { problem, sending, generate } = useGenerate();
  const settings = stageOf(flows, config, useStage());
  return (
    <form
      aria-label="Prompt"
      data-steps
      data-concept-prompt
      className="grid gap-2 rounded-xl max-lg:order-first border border-line bg-panel p-3"
      onSubmit={(event) => {
        event.preventDefault();
        void generate();
      }}
    >
      <Field
        label="Prompt"
        hint="Made of the cards; what you write here changes them."
        error={problem?.about("prompt")}
      >
        {(control) => (
          <SharedTextarea
            {...control}
            dir="auto"
            className="field min-h-16 resize-y"
            value={config.prompt}
            onText={(prompt) => changePrompt({ prompt })}
          />
        )}
      </Field>
      <KeptOut />
      {notes.map((note) => (
        <p key={note} className="text-xs text-warm">
          {note}
        </p>
      ))}
      <Over />
      <div className="flex flex-wrap gap-2">
        <Button
          look="primary"
          type="submit"
          className="min-h-11 px-4"
          title="G"
          disabled={!settings || sending || !config.prompt.trim()}
        >
          {sending ? "Sending…" : `Draw ${plural(settings?.count ?? 0, "draft")}`}
        </Button>
      </div>
      <Refusal problem={problem} />
    </form>
  );
}

function KeptOut() {
  const negative = useSessionStore(({ config }) => config.negative_prompt);
  if (!negative) return null;
  return (
    <Field label="What to keep out">
      {(control) => (
        <SharedTextarea
          {...control}
          dir="auto"
          rows={1}
          className="field min-h-9 resize-y text-sm"
          value={negative}
          onText={(negative_prompt) => changePrompt({ negative_prompt })}
        />
      )}
    </Field>
  );
}

/** What is laid over it, and the way to keep the cards as something that can be. */
function Over() {
  const said = useSessionStore(({ config }) => `${config.prompt}${config.negative_prompt}`.trim() !== "");
  return (
    <LaidOver>
      <Button
        look="quiet"
        title="The cards as a style or a character, for any flow"
        disabled={!said}
        onClick={keepBoard}
      >
        Keep…
      </Button>
    </LaidOver>
  );
}

/** The hub's refusal, unless it is about the prompt, where it is shown. */
function Refusal({ problem }: { problem: HubProblem | null }) {
  if (!problem || problem.about("prompt")) return null;
  return (
    <p role="alert" className="text-sm text-bad">
      {inWords(problem)}
    </p>
  );
}
