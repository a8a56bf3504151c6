import { useState } from "react";
import { toast } from "sonner";

import type { ImportPreview } from "@/api/types";
import { Button } from "@/components/Button";
import {
  isChosenByAuthor,
  nodeName,
  unboundIn,
  valueText,
  type Bound,
  type Place,
} from "@/features/importing/bindings";
import { change, correct, setCorrections, undoCorrection, type Importing } from "@/features/importing/importStore";
import { INKS, roleOf, titleOf } from "@/features/importing/roles";

interface Props {
  importKey: string;
  found: ImportPreview;
  bound: readonly Bound[];
  state: Importing;
  onSee: (bind: string) => void;
}

/** The parameters that the workflow takes, each with its input in the graph; another one can be chosen. */
export function FoundList({ importKey, found, bound, state, onSee }: Props) {
  const remove = (parameter: string) => {
    const before = state.corrections;
    correct(importKey, parameter, null);
    toast(`${titleOf(parameter)} is asked for no more: the graph’s own value stays`, {
      action: { label: "Undo", onClick: () => setCorrections(importKey, before) },
    });
  };
  const isPublic = ({ places }: Bound) => places.some(({ bind }) => isChosenByAuthor(found, bind));
  const chosenByAuthor = bound.filter(isPublic);
  const others = bound.filter((each) => !isPublic(each));
  const listOf = (some: readonly Bound[]) => (
    <ul className="grid gap-1">
      {some.map((each) => (
        <Row
          key={each.parameter}
          bound={each}
          found={found}
          onSee={onSee}
          onChange={() => change(importKey, { choosing: each.parameter })}
          onRemove={() => remove(each.parameter)}
        />
      ))}
    </ul>
  );
  return (
    <section>
      <h2 className="mb-1 text-sm font-semibold">What can be set</h2>
      {!bound.length && (
        <p className="text-sm text-soft">Nothing was found: choose a parameter below, then its input.</p>
      )}
      {chosenByAuthor.length > 0 && (
        <>
          <h3 className="mt-1 mb-1 text-xs text-accent">Chosen by the author, as in App Mode</h3>
          {listOf(chosenByAuthor)}
          {others.length > 0 && <h3 className="mt-3 mb-1 text-xs text-soft">Found beside them</h3>}
        </>
      )}
      {listOf(others)}
      <More parameters={unboundIn(bound)} onChoose={(choosing) => change(importKey, { choosing })} />
      <div className="mt-2 flex flex-wrap gap-2">
        {state.past.length > 0 && <Button onClick={() => undoCorrection(importKey)}>Undo the last correction</Button>}
        {Object.keys(state.corrections).length > 0 && (
          <Button look="quiet" onClick={() => setCorrections(importKey, {})}>
            Back to what was found
          </Button>
        )}
      </div>
    </section>
  );
}

interface RowProps {
  bound: Bound;
  found: ImportPreview;
  onSee: (bind: string) => void;
  onChange: () => void;
  onRemove: () => void;
}

function Row({ bound: { parameter, places, corrected }, found, onSee, onChange, onRemove }: RowProps) {
  const role = roleOf(parameter);
  const title = titleOf(parameter);
  return (
    <li data-parameter={parameter} className="grid gap-1 rounded-lg border border-line bg-panel p-2 text-sm">
      <div className="flex flex-wrap items-center gap-x-2">
        <span className={`font-medium ${INKS[role].ink}`}>{title}</span>
        <span className="text-xs text-soft">{role}</span>
        <span className="ml-auto flex">
          <Button look="quiet" aria-label={`Another input for ${title}`} onClick={onChange}>
            Change
          </Button>
          <Button look="quiet" aria-label={`No input for ${title}`} onClick={onRemove}>
            ✕
          </Button>
        </span>
      </div>
      {places.map((place) => (
        <Where key={place.bind} place={place} found={found} onSee={onSee} />
      ))}
      {corrected && <p className="text-xs text-accent">Corrected by you</p>}
    </li>
  );
}

function Where({ place, found, onSee }: { place: Place; found: ImportPreview; onSee: (bind: string) => void }) {
  const node = found.drawing.nodes.find(({ id }) => id === place.node);
  return (
    <p className="text-xs text-soft wrap-anywhere">
      <button
        type="button"
        className="inline-flex min-h-6 items-center text-left underline hover:text-text pointer-coarse:min-h-9"
        title="Show it in the drawing"
        onClick={() => onSee(place.bind)}
      >
        {node ? nodeName(node) : place.node}, {place.input}
      </button>
      : {valueText(place.value)}
      {place.why && <span> – {place.why}</span>}
    </p>
  );
}

function More({ parameters, onChoose }: { parameters: readonly string[]; onChoose: (parameter: string) => void }) {
  const [chosen, setChosen] = useState("");
  const parameter = parameters.includes(chosen) ? chosen : (parameters[0] ?? "");
  if (!parameter) return null;
  return (
    <div className="mt-2 flex flex-wrap items-end gap-2">
      <label className="grid min-w-0 grow gap-1 text-xs text-soft">
        One more parameter
        <select className="field text-sm" value={parameter} onChange={({ target }) => setChosen(target.value)}>
          {parameters.map((each) => (
            <option key={each} value={each}>
              {titleOf(each)}
            </option>
          ))}
        </select>
      </label>
      <Button className="min-h-11" onClick={() => onChoose(parameter)}>
        Choose its input
      </Button>
    </div>
  );
}
