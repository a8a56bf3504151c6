import { memo, type MouseEvent } from "react";

import { dragOut } from "@/actions/dragOut";
import { withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { cut } from "@/lib/text";
import { kindOf } from "@/lib/mediaTypes";
import { KindBadge } from "@/components/KindBadge";

const ALT_LENGTH = 120;

interface Props {
  index: number;
  column: number;
  size: number;
  /** Undefined: its page is still loading. */
  generation: Generation | undefined;
  selected: boolean;
  /** Whether the Tab key leads here. */
  current: boolean;
  onOpen: (index: number) => void;
  onPick: (index: number, extend: boolean) => void;
}

export const GalleryTile = memo(function GalleryTile(props: Props) {
  const { index, column, size, generation, selected, current, onOpen, onPick } = props;
  const text = generation ? cut(generation.prompt, ALT_LENGTH) || "Picture without a prompt" : "";
  const click = (event: MouseEvent) => (event.shiftKey ? onPick(index, true) : onOpen(index));
  return (
    <div
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={selected}
      draggable={generation !== undefined}
      onDragStart={(event) => generation && dragOut(event, generation)}
      className="group relative shrink-0"
      style={{ width: size, height: size }}
    >
      <button
        type="button"
        data-index={index}
        data-keys
        tabIndex={current ? 0 : -1}
        aria-label={generation ? undefined : `Picture ${index + 1}, loading`}
        onClick={click}
        className={`block size-full overflow-hidden rounded-lg bg-raised ${selected ? "ring-2 ring-accent ring-inset" : ""}`}
      >
        {generation ? (
          <img
            src={withTicket(generation.thumbnail_url ?? "")}
            alt={text}
            loading="lazy"
            decoding="async"
            draggable={false}
            className={`size-full object-contain text-xs text-soft transition-[scale] ${selected ? "scale-90 rounded-lg" : ""}`}
          />
        ) : (
          <span aria-hidden className="shimmer block size-full" />
        )}
        {generation && <Marks generation={generation} />}
      </button>
      {generation && (
        <label className="absolute top-0 left-0 cursor-pointer p-1.5">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={selected}
            aria-label={`Select ${text}`}
            onChange={({ nativeEvent }) =>
              onPick(index, nativeEvent instanceof window.MouseEvent && nativeEvent.shiftKey)
            }
            className={`grid size-6 cursor-pointer appearance-none place-items-center rounded-full border-2 border-soft text-sm font-bold before:content-['✓'] ${selected ? "bg-accent text-on-accent" : "bg-panel/70 text-transparent"}`}
          />
        </label>
      )}
    </div>
  );
});

function Marks({ generation }: { generation: Generation }) {
  return (
    <>
      <KindBadge kind={kindOf(generation)} />
      {generation.rating && (
        <span
          role="img"
          aria-label={`rated ${generation.rating} of 5`}
          className="absolute bottom-1.5 left-1.5 rounded-full bg-panel/80 px-1.5 text-sm text-warm"
        >
          {generation.rating}/5
        </span>
      )}
      {generation.starred && (
        <span
          role="img"
          aria-label="starred"
          className="absolute right-1.5 bottom-1.5 rounded-full bg-panel/80 px-1.5 text-sm text-warm"
        >
          ★
        </span>
      )}
    </>
  );
}
