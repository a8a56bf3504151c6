import { useId, useState, type ButtonHTMLAttributes } from "react";

import type { CardField } from "@/api/types";
import { Button } from "@/components/Button";
import { SharedTextarea } from "@/components/SharedTextarea";
import { suggestSix } from "@/features/concept/building";
import { ChipList } from "@/features/concept/ChipList";
import { emptied, HEAVIEST, LIGHTEST, NAMES, type CardState, type Chips } from "@/features/concept/state";
import { changeCard } from "@/features/concept/useConcept";

interface Props {
  field: CardField;
  card: CardState;
  chips: Chips | undefined;
  lifted: boolean;
  handle: ButtonHTMLAttributes<HTMLButtonElement>;
}

/** One field of the concept: its words, how much they weigh, and what else they could be. */
export function CardBox({ field, card, chips, lifted, handle }: Props) {
  const id = useId();
  const { name, hint } = NAMES[field];
  return (
    <li
      data-card={field}
      className={`grid gap-1 rounded-xl border bg-panel p-2 ${lifted ? "border-accent shadow-lg" : "border-line"}`}
    >
      <div className="flex items-center gap-1">
        <button
          type="button"
          className="grid size-9 shrink-0 cursor-grab touch-none place-items-center rounded-lg text-soft hover:bg-raised"
          aria-label={`Move ${name}`}
          title="Drag, or arrow keys"
          {...handle}
        >
          <span aria-hidden>⠿</span>
        </button>
        <label htmlFor={id} className="grow text-sm font-medium">
          {name}
        </label>
        <Toggle on={card.locked} label={`Lock ${name}`} onClick={() => changeCard(field, { locked: !card.locked })}>
          {card.locked ? "Locked" : "Lock"}
        </Toggle>
        <button
          type="button"
          className="grid size-9 place-items-center rounded-lg text-soft hover:bg-raised disabled:opacity-40"
          aria-label={`Empty ${name}`}
          title="Empty it"
          disabled={!card.text}
          onClick={() => changeCard(field, emptied(card))}
        >
          <span aria-hidden>✕</span>
        </button>
      </div>
      <SharedTextarea
        id={id}
        dir="auto"
        rows={card.text.length > ONE_LINE ? 3 : 1}
        className="field resize-y text-sm"
        placeholder={hint}
        value={card.text}
        onText={(text) => changeCard(field, { text }, "text of")}
      />
      <div className="flex flex-wrap items-center gap-x-3">
        <SuggestButton field={field} />
        <Weight field={field} card={card} />
      </div>
      {chips && <ChipList field={field} chips={chips} card={card} />}
    </li>
  );
}

/** Characters. */
const ONE_LINE = 40;

function Toggle({
  on,
  label,
  onClick,
  children,
}: {
  on: boolean;
  label: string;
  onClick: () => void;
  children: string;
}) {
  return (
    <button
      type="button"
      aria-pressed={on}
      aria-label={label}
      title="Locked: the dice leave it alone"
      className="min-h-9 rounded-lg px-2 text-xs text-soft hover:bg-raised aria-pressed:bg-raised aria-pressed:text-accent"
      onClick={onClick}
    >
      <span aria-hidden>{children}</span>
    </button>
  );
}

function SuggestButton({ field }: { field: CardField }) {
  const [busy, setBusy] = useState(false);
  const suggest = () => {
    setBusy(true);
    void suggestSix(field).then(() => setBusy(false));
  };
  return (
    <Button look="quiet" disabled={busy} aria-label={`Suggest six for ${NAMES[field].name}`} onClick={suggest}>
      {busy ? "Thinking…" : "Suggest six"}
    </Button>
  );
}

function Weight({ field, card }: { field: CardField; card: CardState }) {
  const percent = Math.round(card.weight * 100);
  return (
    <label className="flex grow items-center gap-2 text-xs text-soft">
      <span className="w-20 whitespace-nowrap">Weight {percent} %</span>
      <input
        type="range"
        className="w-20 min-w-0 grow accent-accent"
        aria-label={`Weight of ${NAMES[field].name}`}
        aria-valuetext={`${percent} %`}
        min={LIGHTEST}
        max={HEAVIEST}
        step={0.05}
        value={card.weight}
        disabled={!card.text.trim()}
        onChange={({ target }) =>
          changeCard(field, { weight: Math.round(Number(target.value) * 100) / 100 }, "weight of")
        }
      />
    </label>
  );
}
