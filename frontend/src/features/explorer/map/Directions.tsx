import type { Direction } from "@/api/types";
import { DIRECTIONS } from "@/features/explorer/directions";

/** In which direction the neighbours lie. */
export function Directions({ chosen, onChoose }: { chosen: Direction; onChoose: (direction: Direction) => void }) {
  return (
    <fieldset className="relative flex min-w-0 gap-1 overflow-x-auto p-1">
      <legend className="sr-only">Direction</legend>
      {DIRECTIONS.map(({ id, name, says }) => (
        <label
          key={id}
          title={says}
          className="relative shrink-0 cursor-pointer rounded-full border border-line bg-bg/90 px-3 py-1.5 text-sm text-soft has-checked:border-accent has-checked:bg-raised has-checked:text-text has-focus-visible:outline-2"
        >
          <input
            type="radio"
            name="direction"
            className="sr-only"
            checked={id === chosen}
            onChange={() => onChoose(id)}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
