/** What idle cards draw before anybody asks for it. */
import { useEffect, useState } from "react";

import { laidOverPictures } from "@/actions/wording/laidOver";
import { get, post, request } from "@/api/client";
import type { Ahead, Direction } from "@/api/types";
import { DIRECTIONS, directionOf } from "@/features/explorer/directions";
import { pictureNow, usePicture } from "@/features/explorer/pictures";
import { centreOf, type ExplorerState } from "@/features/explorer/state";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

const LOOK_MS = 2_000;

/** Null: nothing is. Begins again with each centre, in the directions in which nothing lies there yet. */
export function useAhead(state: ExplorerState): Ahead | null {
  const [told, setTold] = useState<Ahead | null>(null);
  const sessionId = useGenerationStore(({ live }) => live.session?.id);
  const styles = useSessionStore(({ config }) => config.styles);
  const centre = centreOf(state);
  const picture = usePicture(centre);
  const there = picture !== undefined && picture !== "gone" && picture.status === "complete";
  const { ahead: allowed, budget, direction } = state;
  useEffect(() => {
    setTold(null);
    if (!sessionId || !centre || !there || !allowed) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    const path = `/api/explore/ahead/${encodeURIComponent(sessionId)}`;
    const look = async () => {
      const now = await get<Ahead>(path).catch(() => null); // the last answer stays
      if (over) return;
      if (now) setTold(now);
      timer = setTimeout(() => void look(), LOOK_MS);
    };
    const begin = async () => {
      const directions = stillFree(centre, direction);
      if (!directions.length) return;
      const laid = laidOverPictures([centre], pictureNow);
      const body = { session_id: sessionId, generation_id: centre, directions, budget, ...laid };
      const begun = await post<Ahead>("/api/explore/ahead", body).catch(() => null); // a comfort: nobody misses it
      if (over || !begun) return;
      setTold(begun);
      timer = setTimeout(() => void look(), LOOK_MS);
    };
    timer = setTimeout(() => void begin(), LOOK_MS / 4); // what was clicked is asked for first
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [sessionId, centre, there, allowed, budget, direction, styles]);
  useEffect(() => {
    if (allowed || !sessionId) return;
    void request("DELETE", `/api/explore/ahead/${encodeURIComponent(sessionId)}`).catch(() => undefined);
  }, [allowed, sessionId]);
  return told;
}

/** The other directions in which nothing was drawn around it. */
function stillFree(centre: string, direction: Direction): Direction[] {
  const { generations } = useGenerationStore.getState().live;
  const beside = Object.values(generations).filter((each) => each.parent_id === centre);
  const taken = new Set([direction, ...beside.map((each) => directionOf(each.varied))]);
  return DIRECTIONS.map(({ id }) => id).filter((id) => !taken.has(id));
}
