import { useState } from "react";

import { inWords } from "@/actions/batches";
import { redraw } from "@/actions/startFrom";
import { uploadPicture } from "@/actions/uploads";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { StrengthSlider } from "@/components/StrengthSlider";
import { AreaChoice } from "@/features/mask/AreaChoice";
import { coveredInWords } from "@/features/mask/easel";
import { maskFile } from "@/features/mask/maskFile";
import { useEasel, usePainter } from "@/features/mask/useEasel";
import { useRedrawEstimate, type Forecast } from "@/features/mask/useRedrawEstimate";
import { plural } from "@/lib/format";

const USUAL_STRENGTH = 0.8;
const USUAL_COUNT = 2;
const MOST = 20;

/** What shall be where the mask is, and how many tries. */
export function RedrawForm({ generation, onDone }: { generation: Generation; onDone: () => void }) {
  const [prompt, setPrompt] = useState(generation.prompt);
  const [strength, setStrength] = useState(USUAL_STRENGTH);
  const [count, setCount] = useState(USUAL_COUNT);
  const [padding, setPadding] = useState<number | null>(null);
  const forecast = useRedrawEstimate({ generation, strength, count, padding });
  const { sending, problem, send } = useMaskSent(async (id) => {
    await redraw({ generation, mask: `artifact:${id}`, prompt, strength, count, padding });
    onDone();
  });
  const countProblem = count >= 1 && count <= MOST ? undefined : `From 1 to ${MOST}`;
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (prompt.trim() && !countProblem) void send();
      }}
    >
      <Field label="What shall be there?">
        {(control) => (
          <textarea
            {...control}
            dir="auto"
            rows={1}
            className="field min-h-11 resize-y lg:min-h-16"
            value={prompt}
            onChange={({ target }) => setPrompt(target.value)}
          />
        )}
      </Field>
      <AreaChoice padding={padding} onChange={setPadding} />
      <StrengthSlider label="How much is drawn anew" value={strength} onChange={setStrength} />
      <Field label="Pictures" error={countProblem}>
        {(control) => (
          <input
            {...control}
            type="number"
            className="field w-24"
            min={1}
            max={MOST}
            step={1}
            value={count || ""}
            onChange={({ target }) => setCount(Math.round(Number(target.value)))}
          />
        )}
      </Field>
      <Send
        text={`Redraw in ${plural(count, "picture")}`}
        able={!!prompt.trim() && !countProblem && !forecast?.refused}
        {...{ sending, problem }}
      />
      {forecast && <ForecastLine {...forecast} />}
    </form>
  );
}

const ForecastLine = ({ text, refused }: NonNullable<Forecast>) => (
  <p role={refused ? "alert" : undefined} className={`text-sm ${refused ? "text-bad" : "text-soft"}`}>
    {text}
  </p>
);

/** The mask alone, for whoever asked for it. */
export function TakeForm({ onTake }: { onTake: (artifactId: string) => void }) {
  const { sending, problem, send } = useMaskSent((id) => Promise.resolve(onTake(id)));
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Send text="Use this mask" able {...{ sending, problem }} />
    </form>
  );
}

interface SendProps {
  text: string;
  able: boolean;
  sending: boolean;
  problem: string;
}

/** In sight however much of the form is not. */
function Send({ text, able, sending, problem }: SendProps) {
  const covered = useEasel((easel) => easel.covered);
  return (
    <>
      <div className="grid max-lg:sticky max-lg:-bottom-3 max-lg:-mx-3 max-lg:border-t max-lg:border-line max-lg:bg-panel max-lg:px-3 max-lg:py-2">
        <Button look="primary" type="submit" className="min-h-11" disabled={!able || !covered || sending}>
          {sending ? "Sending…" : text}
        </Button>
      </div>
      <p className="text-xs text-soft">
        {covered ? coveredInWords(covered) : "Paint over what shall change: the rest stays as it is."}
      </p>
      {problem && (
        <p role="alert" className="rounded-lg border border-bad p-2 text-sm text-bad">
          {problem}
        </p>
      )}
    </>
  );
}

/** Uploads the mask, then uses it; what goes wrong is told in words. */
function useMaskSent(apply: (artifactId: string) => Promise<void>) {
  const painter = usePainter();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState("");
  const send = async () => {
    if (sending || !painter.store.getState().covered) return;
    setSending(true);
    setProblem("");
    try {
      await apply(await uploadPicture(await maskFile(painter.mask)));
    } catch (error) {
      setProblem(error instanceof Error ? inWords(error) : String(error));
    } finally {
      setSending(false);
    }
  };
  return { sending, problem, send };
}
