import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent, type MouseEvent } from "react";

import { CELL, nextTile, TILE, type Arrow, type MapLayout, type Tile } from "@/features/explorer/map/layout";
import { MapTile } from "@/features/explorer/map/MapTile";
import { boxOf, type Surface } from "@/features/explorer/map/surface";
import { useHand } from "@/features/explorer/map/useHand";
import { useLooking } from "@/features/explorer/map/useLooking";
import { isTyping } from "@/lib/keys";

interface Props {
  layout: MapLayout;
  surface: Surface;
  centre: string;
  trail: readonly string[];
  /** Of the centre's neighbours. */
  words: readonly string[];
  onGo: (tile: Tile) => void;
  onPick: (tile: Tile) => void;
  onBack: () => void;
  onFocus: (tile: Tile) => void;
}

const ARROWS: Readonly<Record<string, Arrow>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};
const ZOOM = 1.25;

/** The map: of all its places, those in sight are in the page. */
export function MapCanvas({ layout, surface, centre, trail, words, onGo, onPick, onBack, onFocus }: Props) {
  const { frame, world } = useLooking(surface, layout.centres.get(centre));
  const tiles = useInSight(surface, layout.tiles);
  const [focused, setFocused] = useState(centre);
  const current = layout.tiles.some(({ key }) => key === focused) ? focused : centre;
  const focusLater = useFocusing(frame);
  useEffect(() => setFocused(centre), [centre]);
  const tileOf = (event: { target: EventTarget }): Tile | undefined => {
    const place = event.target instanceof Element && event.target.closest<HTMLElement>("[data-place]");
    return place ? layout.tiles.find(({ key }) => key === place.dataset["place"]) : undefined;
  };
  const move = (next: Tile) => {
    surface.reveal(next, CELL);
    setFocused(next.key);
    focusLater(next.key);
  };
  const from = layout.tiles.find(({ key }) => key === current);
  const home = () => surface.home(layout.centres.get(centre));
  const keys = keysOf({ tiles: layout.tiles, from, surface, move, home, onPick, onBack });
  return (
    <div
      ref={frame}
      role="group"
      aria-label="Map"
      data-map
      className="absolute inset-0 touch-none overflow-hidden select-none"
      {...useHand(surface)}
      onKeyDown={keys}
      onKeyUp={(event) => event.key === " " && event.preventDefault()} // Firefox presses a button on Space
      onClick={(event: MouseEvent) => {
        const tile = tileOf(event);
        if (!tile) return;
        if (tile.id) focusLater(tile.id); // it becomes a centre, whose tile is another one
        onGo(tile);
      }}
      onFocus={(event) => {
        const tile = tileOf(event);
        if (!tile) return;
        setFocused(tile.key);
        onFocus(tile);
      }}
    >
      <div ref={world} data-world className="group/map absolute top-0 left-0 size-0 origin-top-left">
        <Path layout={layout} trail={trail} />
        {tiles.map(({ key, id, x, y, slot, centre: around }) => (
          <MapTile
            key={key}
            {...{ id, x, y }}
            place={key}
            words={around === centre && slot >= 0 ? (words[slot] ?? "") : ""}
            kind={slot >= 0 ? "neighbour" : around === centre ? "centre" : "former"}
            tabbable={key === current}
            near={surface.isNear()}
          />
        ))}
      </div>
    </div>
  );
}

interface Keys extends Pick<Props, "surface" | "onPick" | "onBack"> {
  tiles: readonly Tile[];
  from: Tile | undefined;
  move: (to: Tile) => void;
  home: () => void;
}

function keysOf({ tiles, from, surface, move, home, onPick, onBack }: Keys) {
  return (event: KeyboardEvent) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    const next = arrow && from ? nextTile(tiles, from, arrow) : null;
    if (next) move(next);
    else if (event.key === " " && from) onPick(from);
    else if (event.key === "Backspace") onBack();
    else if (event.key === "+" || event.key === "=") surface.zoomAt(ZOOM);
    else if (event.key === "-") surface.zoomAt(1 / ZOOM);
    else if (event.key === "0") home();
    else if (!arrow) return;
    event.preventDefault();
  };
}

/** The way from one centre to the next. */
function Path({ layout, trail }: { layout: MapLayout; trail: readonly string[] }) {
  const points = trail.flatMap((id) => layout.centres.get(id) ?? []);
  return (
    <svg aria-hidden className="pointer-events-none absolute overflow-visible" width="1" height="1">
      <polyline
        points={points.map(({ x, y }) => `${x},${y}`).join(" ")}
        fill="none"
        strokeWidth="6"
        strokeLinejoin="round"
        className="stroke-accent opacity-40"
      />
    </svg>
  );
}

function useInSight(surface: Surface, tiles: readonly Tile[]): readonly Tile[] {
  const inSight = useSyncExternalStore(surface.subscribe, surface.inSight);
  return useMemo(() => {
    const { left, top, right, bottom } = boxOf(inSight);
    const half = TILE / 2;
    return tiles.filter(({ x, y }) => x + half > left && x - half < right && y + half > top && y - half < bottom);
  }, [inSight, tiles]);
}

/** Focuses a place once it is in the page. */
function useFocusing(frame: { current: HTMLElement | null }) {
  const pending = useRef<string | null>(null);
  useEffect(() => {
    if (pending.current === null) return;
    const target = frame.current?.querySelector<HTMLElement>(`[data-place="${CSS.escape(pending.current)}"]`);
    if (!target) return;
    pending.current = null;
    target.focus({ preventScroll: true });
  });
  return (place: string) => {
    pending.current = place;
  };
}
