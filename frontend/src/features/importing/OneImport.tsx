import { useEffect, useMemo, useState } from "react";

import { Button } from "@/components/Button";
import { boundIn, openQuestions } from "@/features/importing/bindings";
import { FoundList } from "@/features/importing/FoundList";
import { GraphDrawing } from "@/features/importing/GraphDrawing";
import { change, correct, discard, look, setCorrections, type Importing } from "@/features/importing/importStore";
import { NodeList } from "@/features/importing/NodeList";
import { Questions } from "@/features/importing/Questions";
import { titleOf } from "@/features/importing/roles";
import { SaveForm } from "@/features/importing/SaveForm";
import { plural } from "@/lib/format";
import { capitalised } from "@/lib/text";
import type { BroughtWorkflow } from "@/stores/brought";

interface Props {
  workflow: BroughtWorkflow;
  state: Importing;
}

/** One workflow: its drawing, what was found, what is asked, and what becomes of it. */
export function OneImport({ workflow: { key, name }, state }: Props) {
  const { found, corrections, choosing, problem, asking } = state;
  const bound = useMemo(() => (found ? boundIn(found, corrections) : []), [found, corrections]);
  const [seen, setSeen] = useState<string | null>(null);
  useEscape(choosing !== null, () => change(key, { choosing: null }));
  if (!found)
    return (
      <Unread
        name={name}
        problem={problem}
        asking={asking}
        onAgain={() => void look(key)}
        onReset={Object.keys(corrections).length ? () => setCorrections(key, {}) : null}
        onRemove={() => discard([key])}
      />
    );
  const choose = (bind: string) => choosing && correct(key, choosing, bind);
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_26rem]">
      <div className="grid min-w-0 gap-4 lg:sticky lg:top-28 lg:max-h-[calc(100dvh-8rem)] lg:overflow-y-auto">
        <p className="text-sm">
          <span className="font-medium wrap-anywhere">{name}</span>
          <span className="text-soft">
            {" "}
            · {FORMATS[found.format] ?? found.format} · {found.operation} · {found.family}
            {found.public.length > 0 && ` · App Mode: ${plural(found.public.length, "input")} chosen by its author`}
          </span>
        </p>
        {choosing && <Choosing parameter={choosing} onCancel={() => change(key, { choosing: null })} />}
        <GraphDrawing drawing={found.drawing} bound={bound} choosing={choosing} seen={seen} onChoose={choose} />
        <NodeList drawing={found.drawing} bound={bound} choosing={choosing} onChoose={choose} onSee={setSeen} />
      </div>
      <div className="grid min-w-0 gap-5">
        <Questions
          drawing={found.drawing}
          questions={openQuestions(found, corrections)}
          onAnswer={(parameter, bind) => correct(key, parameter, bind)}
        />
        <FoundList importKey={key} found={found} bound={bound} state={state} onSee={setSeen} />
        <Told
          title="Missing on your machines"
          tone="text-warm"
          all={found.missing_classes.map(
            (each) => `Graph node class ${each}: install the pack that brings it, on one machine at least.`,
          )}
        />
        <Told title="Notes" tone="text-soft" all={found.notes} />
        <SaveForm importKey={key} state={state} />
      </div>
    </div>
  );
}

function Choosing({ parameter, onCancel }: { parameter: string; onCancel: () => void }) {
  return (
    <p
      role="status"
      className="flex flex-wrap items-center gap-3 rounded-xl border border-accent bg-raised p-3 text-sm"
    >
      <span>
        Choose the input that takes <strong>{titleOf(parameter)}</strong>: click it in the drawing or in the list of
        graph nodes.
      </span>
      <Button onClick={onCancel}>Cancel</Button>
    </p>
  );
}

const FORMATS: Readonly<Record<string, string>> = {
  api: "API export",
  ui: "saved workflow",
  picture: "graph of a picture",
};

interface UnreadProps {
  name: string;
  problem: string;
  asking: boolean;
  onAgain: () => void;
  /** Null: nothing was corrected. */
  onReset: (() => void) | null;
  onRemove: () => void;
}

function Unread({ name, problem, asking, onAgain, onReset, onRemove }: UnreadProps) {
  if (asking || !problem)
    return (
      <p role="status" className="shimmer grid h-80 place-items-center rounded-2xl bg-panel text-sm text-soft">
        Reading {name} …
      </p>
    );
  return (
    <div className="grid gap-3 rounded-2xl border border-bad bg-panel p-6">
      <h2 className="font-semibold wrap-anywhere">{name} cannot be imported</h2>
      <p role="alert" className="text-sm text-soft">
        {capitalised(problem)}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onAgain}>Try again</Button>
        {onReset && <Button onClick={onReset}>Without what I corrected</Button>}
        <Button look="quiet" onClick={onRemove}>
          Discard
        </Button>
      </div>
    </div>
  );
}

function Told({ title, tone, all }: { title: string; tone: string; all: readonly string[] }) {
  if (!all.length) return null;
  return (
    <section>
      <h2 className="mb-1 text-sm font-semibold">{title}</h2>
      <ul className={`grid list-disc gap-1 pl-4 text-sm ${tone}`}>
        {all.map((each) => (
          <li key={each}>{capitalised(each)}</li>
        ))}
      </ul>
    </section>
  );
}

function useEscape(listens: boolean, leave: () => void): void {
  useEffect(() => {
    if (!listens) return;
    const escape = ({ key }: KeyboardEvent) => key === "Escape" && leave();
    document.addEventListener("keydown", escape);
    return () => document.removeEventListener("keydown", escape);
  });
}
