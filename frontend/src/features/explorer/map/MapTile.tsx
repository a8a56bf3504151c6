import { memo } from "react";

import { PictureFace } from "@/components/PictureFace";
import { TILE } from "@/features/explorer/map/layout";
import { usePicture } from "@/features/explorer/pictures";
import { variedInWords } from "@/lib/varied";
import { cut } from "@/lib/text";
import { useGenerationStore } from "@/stores/generationStore";

interface Props {
  place: string;
  id: string | null;
  x: number;
  y: number;
  /** Of a neighbour of the present centre, its difference; empty: the picture itself tells. */
  words: string;
  kind: "centre" | "former" | "neighbour";
  tabbable: boolean;
  /** So large on the screen that a thumbnail would be coarse. */
  near: boolean;
}

const LOOKS = {
  centre: "ring-4 ring-accent",
  former: "ring-2 ring-line",
  neighbour: "",
};

/** A place of the map: a picture, or one that can be drawn there. The map itself listens to clicks and keys. */
export const MapTile = memo(function MapTile({ place, id, x, y, words, kind, tabbable, near }: Props) {
  const found = usePicture(id);
  const mark = useGenerationStore(({ marks }) => (id ? marks[id] : undefined));
  const picture = found === "gone" ? undefined : found;
  const says = words || (picture && kind === "neighbour" ? variedInWords(picture.varied) : "");
  const state = found === "gone" ? "deleted" : picture ? picture.status : id ? "loading" : "not drawn";
  return (
    <div
      data-generation={id ?? undefined}
      data-status={state}
      data-mark={mark ?? "none"}
      className="absolute"
      style={{ left: x - TILE / 2, top: y - TILE / 2, width: TILE, height: TILE }}
    >
      <button
        type="button"
        data-keys
        data-place={place}
        tabIndex={tabbable ? 0 : -1}
        aria-current={kind === "centre" ? "location" : undefined}
        aria-label={[
          kind === "centre" ? "The centre" : says || "A picture",
          state === "complete" ? cut(picture?.prompt ?? "", 60) : state,
          mark === "selected" ? "picked" : mark,
          picture?.starred ? "starred" : "",
        ]
          .filter(Boolean)
          .join(", ")}
        className={`relative block size-full overflow-hidden rounded-xl bg-panel ${LOOKS[kind]} ${mark === "rejected" ? "opacity-35" : ""}`}
      >
        {picture ? <PictureFace generation={picture} sharp={near} /> : <Empty state={state} />}
        {says && (
          <span className="absolute inset-x-0 bottom-0 bg-black/70 px-2 py-1 text-xs text-white group-data-far/map:hidden">
            <span className="line-clamp-2 wrap-anywhere">{says}</span>
          </span>
        )}
        {mark === "selected" && (
          <span
            aria-hidden
            className="absolute top-2 left-2 grid size-7 place-items-center rounded-full bg-accent text-sm font-bold text-on-accent"
          >
            ✓
          </span>
        )}
      </button>
    </div>
  );
});

function Empty({ state }: { state: string }) {
  return (
    <span className="grid size-full place-items-center rounded-xl border border-dashed border-line pb-6 text-xs text-soft">
      {state === "not drawn" ? <span className="text-2xl">+</span> : state === "deleted" ? "Deleted" : "Loading…"}
    </span>
  );
}
