import { useMemo, useState } from "react";
import { useShallow } from "zustand/react/shallow";

import { WaitingReason } from "@/actions/asked/WaitingReason";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { AheadLine } from "@/features/explorer/map/AheadLine";
import { CentreBar } from "@/features/explorer/map/CentreBar";
import { Directions } from "@/features/explorer/map/Directions";
import { layoutOf, type Point, type Ring, type Tile } from "@/features/explorer/map/layout";
import { MapCanvas } from "@/features/explorer/map/MapCanvas";
import { goBack, moveTo, turnTo } from "@/features/explorer/map/moves";
import { drawNeighbours, takeOver } from "@/features/explorer/map/neighbours";
import { NeighbourList } from "@/features/explorer/map/NeighbourList";
import { Surface } from "@/features/explorer/map/surface";
import { Trail } from "@/features/explorer/map/Trail";
import { useAhead } from "@/features/explorer/map/useAhead";
import { useRing, type Around } from "@/features/explorer/map/useRing";
import { pictureNow, usePicture, usePictureIds } from "@/features/explorer/pictures";
import type { ExplorerState } from "@/features/explorer/state";
import { toggleMark } from "@/features/explorer/useExplorer";
import { plural } from "@/lib/format";
import { useNarrow } from "@/lib/useMedia";
import { useGenerationStore } from "@/stores/generationStore";
import { useUiStore } from "@/stores/uiStore";

interface Props {
  state: ExplorerState;
  centre: string;
}

/** The picture in the middle, what lies around it, and the way there. */
export function MapView({ state, centre }: Props) {
  const { trail, direction } = state;
  const around = useRing(state);
  const ahead = useAhead(state);
  const [surface] = useState(() => new Surface());
  const [listed, setListed] = useState(false);
  const layout = useLayout(trail, around);
  const ring = layout.tiles.filter((tile) => tile.centre === centre && tile.slot >= 0);
  const go = (tile: Tile) => goTo(tile, centre, state);
  const overMap = useNarrow() && !listed;
  const tools = (
    <span className={overMap ? "absolute top-1 right-1 flex gap-1 rounded-lg bg-bg/85" : "flex grow justify-end gap-1"}>
      <Button look="quiet" aria-pressed={listed} onClick={() => setListed(!listed)}>
        {listed ? "As a map" : "As a list"}
      </Button>
      {!listed && <ZoomButtons surface={surface} middle={layout.centres.get(centre)} />}
    </span>
  );
  return (
    <div className="grid grow grid-rows-[auto_minmax(0,1fr)_auto]">
      <div className="flex flex-wrap items-center gap-x-4 px-3 max-sm:gap-x-1">
        <Directions chosen={direction} onChoose={turnTo} />
        <AheadLine state={state} ahead={ahead} />
        {!overMap && tools}
      </div>
      <div className="relative min-h-[22rem] border-y border-line">
        {listed ? (
          <NeighbourList tiles={ring} words={around.words} onGo={go} onPick={pick} />
        ) : (
          <MapCanvas
            {...{ layout, surface, centre, trail }}
            words={around.words}
            onGo={go}
            onPick={pick}
            onBack={() => goBack(trail.length - 2)}
            onFocus={({ id }) => useUiStore.getState().set({ focusedId: id })}
          />
        )}
        {overMap && tools}
        <Around around={around} centre={centre} state={state} />
      </div>
      <div className="grid gap-2 px-3 py-2">
        <CentreBar centre={centre} />
        <Trail trail={trail} />
      </div>
    </div>
  );
}

function pick({ id }: Tile): void {
  if (id && pictureNow(id)?.status === "complete") toggleMark(id, "selected");
}

/** The centre is looked at; any other picture becomes the centre; what is not drawn is. */
function goTo({ id, slot, centre: around }: Tile, centre: string, { direction }: ExplorerState): void {
  if (id === centre && slot < 0) useUiStore.getState().set({ viewedId: id });
  else if (id === null) void drawNeighbours(around, direction, slot);
  else if (pictureNow(id)?.status === "complete") moveTo(id);
  else void takeOver(id);
}

function useLayout(trail: readonly string[], { ring }: Around) {
  const ids = usePictureIds();
  return useMemo(() => {
    const pictures = ids.map((id) => pictureNow(id)).filter((each): each is Generation => each !== undefined);
    return layoutOf(pictures, trail, ring);
  }, [ids, trail, ring]);
}

/** What is to be said of the neighbours as a whole. */
function Around({ around, centre, state }: { around: Around; centre: string; state: ExplorerState }) {
  const picture = usePicture(centre);
  if (picture === "gone")
    return (
      <div className="absolute inset-0 grid place-items-center">
        <Notice title="The picture at the centre was deleted">Go back on the trail, or write a prompt anew.</Notice>
      </div>
    );
  if (!around.none && !around.missing) return <Waiting centre={centre} ring={around.ring} />;
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center px-3">
      {around.none ? (
        <p role="status" className="rounded-lg bg-panel px-3 py-2 text-sm text-warm">
          Nothing in this direction: {around.none}.
        </p>
      ) : (
        <Button
          look="primary"
          className="pointer-events-auto min-h-11"
          onClick={() => void drawNeighbours(centre, state.direction)}
        >
          Draw {plural(around.missing, "neighbour")}
        </Button>
      )}
    </div>
  );
}

/** Why neither the picture in the middle nor any beside it is being drawn. */
function Waiting({ centre, ring }: { centre: string; ring: Ring | null }) {
  const members = useGenerationStore(
    useShallow(({ live }) => [centre, ...(ring?.pictures ?? [])].flatMap((id) => (id && live.generations[id]) || [])),
  );
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center px-3">
      <WaitingReason of={members} className="rounded-lg bg-panel px-3 py-2 text-sm" />
    </div>
  );
}

/** Without a keyboard or a wheel. */
function ZoomButtons({ surface, middle }: { surface: Surface; middle: Point | undefined }) {
  return (
    <>
      <Button
        look="quiet"
        aria-label="Back to the middle"
        title="Back to the middle (0)"
        onClick={() => surface.home(middle)}
      >
        <svg aria-hidden viewBox="0 0 16 16" className="size-4 fill-none stroke-current" strokeWidth="1.5">
          <circle cx="8" cy="8" r="4.5" />
          <path d="M8 0v5M8 11v5M0 8h5M11 8h5" />
        </svg>
      </Button>
      <Button look="quiet" aria-label="Smaller" title="Smaller (−)" onClick={() => surface.zoomAt(0.8)}>
        −
      </Button>
      <Button look="quiet" aria-label="Larger" title="Larger (+)" onClick={() => surface.zoomAt(1.25)}>
        +
      </Button>
    </>
  );
}
