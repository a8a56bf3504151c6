import { useEffect, useMemo } from "react";
import { useShallow } from "zustand/react/shallow";

import {
  drawNeighbours,
  drawnOnes,
  findNeighbours,
  keyOf,
  useNeighbourStore,
} from "@/features/explorer/map/neighbours";
import { chosenSince } from "@/actions/wording/laidOver";
import type { Ring } from "@/features/explorer/map/layout";
import { onceEach, pictureNow, usePicture } from "@/features/explorer/pictures";
import { centreOf, type ExplorerState } from "@/features/explorer/state";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

export interface Around {
  ring: Ring | null;
  /** The difference of each neighbour. */
  words: readonly string[];
  /** Why there are none. */
  none: string | null;
  /** Neighbours that nobody has asked for yet. */
  missing: number;
}

/** What lies around the centre in the chosen direction, with what of it is drawn. */
export function useRing(state: ExplorerState): Around {
  const centre = centreOf(state);
  const { direction } = state;
  const picture = usePicture(centre);
  const there = picture !== undefined && picture !== "gone" && picture.status === "complete";
  const key = centre ? keyOf(centre, direction) : "";
  const found = useNeighbourStore((store) => store.found[key]);
  useEffect(() => {
    if (!centre || !there) return;
    if (useNeighbourStore.getState().wanted === centre) void drawNeighbours(centre, direction);
    else void findNeighbours(centre, direction);
  }, [centre, direction, there]);
  const neighbours = found?.neighbours ?? null;
  const chosen = useSessionStore(({ config }) => config.styles) ?? NO_STYLES;
  const drawn = useMemo(
    () =>
      onceEach((generations) => {
        if (!neighbours || !centre) return NOTHING;
        return drawnOnes(neighbours, generations, chosenSince([centre], pictureNow, chosen));
      }),
    [neighbours, centre, chosen],
  );
  const pictures = useGenerationStore(useShallow(({ live }) => drawn(live.generations)));
  const ring = useMemo(
    () => (centre && neighbours ? { centre, direction, pictures } : null),
    [centre, neighbours, direction, pictures],
  );
  return {
    ring,
    words: useMemo(() => neighbours?.neighbours.map((each) => each.words) ?? [], [neighbours]),
    none: found?.problem ?? neighbours?.none_because ?? null,
    missing: pictures.filter((id) => id === null).length,
  };
}

const NO_STYLES: readonly string[] = [];
const NOTHING: readonly (string | null)[] = [];
