import { useState } from "react";

import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import {
  change,
  discard,
  forget,
  keep,
  openInWorkbench,
  runTest,
  setFamily,
  type Importing,
} from "@/features/importing/importStore";
import { openQuestions } from "@/features/importing/bindings";
import { TestPicture } from "@/features/importing/TestPicture";
import { plural } from "@/lib/format";
import { capitalised } from "@/lib/text";

interface Props {
  importKey: string;
  state: Importing;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** A try before it is saved, and the name and family under which it is. */
export function SaveForm({ importKey: key, state }: Props) {
  const { name, found, corrections, problem, testing, tested, saving, saved, asking } = state;
  const open = found ? openQuestions(found, corrections).length : 0;
  const wrong = NAME.test(name)
    ? undefined
    : "a-z, 0-9, _ and -, beginning with a letter or digit, up to 64 characters";
  if (saved) return <Saved name={name} onRemove={() => forget(key)} />;
  return (
    <form
      className="grid gap-3 rounded-2xl border border-line bg-panel p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) void keep(key);
      }}
    >
      <Field label="Name" error={wrong} hint="A request names it so; in the workbench it is among the task types.">
        {(control) => (
          <input
            {...control}
            className="field"
            value={name}
            spellCheck={false}
            onChange={({ target }) => change(key, { name: target.value, problem: "" })}
          />
        )}
      </Field>
      <FamilyField key={found?.family} importKey={key} state={state} />
      {open > 0 && (
        <p className="text-sm text-warm">
          {plural(open, "question")} above {open > 1 ? "are" : "is"} open: without an answer the graph’s own values
          stay.
        </p>
      )}
      {problem && (
        <p role="alert" className="text-sm text-bad">
          {capitalised(problem)}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button className="min-h-11" disabled={testing || asking} onClick={() => void runTest(key)}>
          {testing ? "Submitting…" : tested ? "Try again" : "Try it: one picture"}
        </Button>
        <Button look="primary" type="submit" className="min-h-11" disabled={saving || asking || Boolean(wrong)}>
          {saving ? "Saving…" : "Save"}
        </Button>
        <Button look="quiet" className="min-h-11" onClick={() => discard([key])}>
          Discard
        </Button>
      </div>
      {tested && <TestPicture key={tested.generation_id} tested={tested} />}
    </form>
  );
}

function FamilyField({ importKey, state: { family, found } }: Props) {
  const told = found?.family ?? "";
  const [typed, setTyped] = useState(family || told);
  const done = () => {
    const wanted = typed.trim() === told && !family ? "" : typed.trim();
    if (wanted !== family) setFamily(importKey, wanted);
  };
  return (
    <Field label="Model family" hint="Such as sd15, sdxl, flux; it decides which models and LoRAs are offered.">
      {(control) => (
        <input
          {...control}
          className="field"
          value={typed}
          spellCheck={false}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={done}
        />
      )}
    </Field>
  );
}

function Saved({ name, onRemove }: { name: string; onRemove: () => void }) {
  return (
    <section className="grid gap-3 rounded-2xl border border-good bg-panel p-4">
      <p role="status" className="text-sm">
        <strong>{name}</strong> is saved. It is among the task types of the workbench.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" className="min-h-11" onClick={() => openInWorkbench(name)}>
          To the workbench
        </Button>
        <Button look="quiet" className="min-h-11" onClick={onRemove}>
          Done
        </Button>
      </div>
    </section>
  );
}
