import type { CardField, Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { PictureFace } from "@/components/PictureFace";
import { NAMES, sidesTicked, type CardState, type Chips } from "@/features/concept/state";
import { drawSmallPictures, stopSmallPictures, useSmallPictures } from "@/features/concept/smallPictures";
import { plural } from "@/lib/format";
import { changeCard, changeConcept, conceptNow, keep, useConcept } from "@/features/concept/useConcept";

/** What a card could say instead: a click takes it, ticking varies it. */
export function ChipList({ field, chips, card }: { field: CardField; chips: Chips; card: CardState }) {
  const concept = useConcept();
  const { pictures, line, failed } = useSmallPictures(field, chips);
  const others = sidesTicked(concept).filter((side) => side.field !== field);
  const full = others.length > 1 && !chips.ticked.length;
  const set = (fields: Partial<Chips>) =>
    changeConcept({ chips: { ...concept.chips, [field]: { ...chips, ...fields } } });
  const tick = (text: string) =>
    set({
      ticked: chips.ticked.includes(text)
        ? chips.ticked.filter((each) => each !== text)
        : chips.texts.filter((each) => each === text || chips.ticked.includes(each)),
    });
  const undrawn = field !== "keep_out" && !chips.pictures && pictures.size < chips.texts.length;
  return (
    <div role="group" aria-label={`Suggestions for ${NAMES[field].name}`} className="grid gap-1">
      <ul className="grid grid-cols-2 gap-1 sm:grid-cols-3 lg:grid-cols-2">
        {chips.texts.map((text) => (
          <Chip
            key={text}
            text={text}
            picture={pictures.get(text)}
            ticked={chips.ticked.includes(text)}
            full={full}
            used={card.text === text}
            onTick={() => tick(text)}
            onUse={() => changeCard(field, { text })}
          />
        ))}
      </ul>
      {(line || failed > 0) && (
        <p role="status" className="text-xs text-soft">
          {line || `${plural(failed, "small picture")} could not be drawn`}
        </p>
      )}
      <Tools field={field} drawing={line !== ""} undrawn={undrawn} failed={failed > 0 && !line} />
    </div>
  );
}

interface ToolsProps {
  field: CardField;
  drawing: boolean;
  undrawn: boolean;
  failed: boolean;
}

/** Small pictures or none, and no chips at all. */
function Tools({ field, drawing, undrawn, failed }: ToolsProps) {
  const wordsAlone = () => {
    const { chips } = conceptNow();
    const own = chips[field];
    if (own) keep({ chips: { ...chips, [field]: { ...own, pictures: false } } });
    void stopSmallPictures(field);
  };
  const close = () => {
    const { [field]: _, ...rest } = conceptNow().chips;
    changeConcept({ chips: rest });
    void stopSmallPictures(field);
  };
  return (
    <div className="flex gap-1">
      {drawing && (
        <Button look="quiet" onClick={wordsAlone}>
          Words alone
        </Button>
      )}
      {(undrawn || failed) && (
        <Button look="quiet" onClick={() => drawSmallPictures(field)}>
          {undrawn ? "Draw small pictures" : "Try again"}
        </Button>
      )}
      <Button look="quiet" aria-label={`Close the suggestions for ${NAMES[field].name}`} onClick={close}>
        Close
      </Button>
    </div>
  );
}

interface ChipProps {
  text: string;
  picture: Generation | undefined;
  ticked: boolean;
  /** Two other cards are varied already. */
  full: boolean;
  used: boolean;
  onTick: () => void;
  onUse: () => void;
}

function Chip({ text, picture, ticked, full, used, onTick, onUse }: ChipProps) {
  return (
    <li className="grid content-start overflow-hidden rounded-lg border border-line bg-bg">
      {picture && picture.status !== "failed" && (
        <span className="relative block aspect-[3/2] overflow-hidden" data-small={picture.status}>
          <PictureFace generation={picture} />
        </span>
      )}
      <span className="flex items-center">
        <label className="grid size-9 shrink-0 place-items-center">
          <input
            type="checkbox"
            className="accent-accent"
            aria-label={`Vary with ${text}`}
            title={full ? "Two cards at a time" : "Vary it"}
            checked={ticked}
            disabled={full}
            onChange={onTick}
          />
        </label>
        <button
          type="button"
          aria-pressed={used}
          className="min-h-9 grow px-1 text-left text-xs hover:underline aria-pressed:text-accent"
          title="Use it"
          onClick={onUse}
        >
          {text}
        </button>
      </span>
    </li>
  );
}
