import { withTicket } from "@/api/client";
import { Button } from "@/components/Button";
import type { Tile } from "@/features/explorer/map/layout";
import { usePicture } from "@/features/explorer/pictures";
import { useGenerationStore } from "@/stores/generationStore";

interface Props {
  tiles: readonly Tile[];
  words: readonly string[];
  onGo: (tile: Tile) => void;
  onPick: (tile: Tile) => void;
}

/** What lies around the centre, one below the other. */
export function NeighbourList({ tiles, words, onGo, onPick }: Props) {
  return (
    <ul aria-label="Neighbours" className="absolute inset-0 grid content-start gap-2 overflow-y-auto p-3">
      {tiles.map((tile) => (
        <Row key={tile.key} tile={tile} words={words[tile.slot] ?? ""} onGo={onGo} onPick={onPick} />
      ))}
    </ul>
  );
}

interface RowProps {
  tile: Tile;
  words: string;
  onGo: (tile: Tile) => void;
  onPick: (tile: Tile) => void;
}

/** Beside long words on a narrow screen. */
const WHOLE = "shrink-0 whitespace-nowrap";

function Row({ tile, words, onGo, onPick }: RowProps) {
  const found = usePicture(tile.id);
  const picture = found === "gone" ? undefined : found;
  const picked = useGenerationStore(({ marks }) => tile.id !== null && marks[tile.id] === "selected");
  const complete = picture?.status === "complete";
  return (
    <li className="flex items-center gap-3 rounded-xl border border-line bg-panel p-2">
      <span className="size-14 shrink-0 overflow-hidden rounded-lg bg-raised">
        {picture?.thumbnail_url && (
          <img src={withTicket(picture.thumbnail_url)} alt="" className="size-full object-cover" />
        )}
      </span>
      <span className="min-w-0 grow">
        {words}
        {!complete && <span className="block text-xs text-soft">{picture?.status ?? "not drawn"}</span>}
      </span>
      {complete && (
        <Button className={WHOLE} aria-pressed={picked} aria-label={`Pick ${words}`} onClick={() => onPick(tile)}>
          {picked ? "✓ Picked" : "Pick"}
        </Button>
      )}
      <Button className={WHOLE} aria-label={`${complete ? "Go to" : "Draw"} ${words}`} onClick={() => onGo(tile)}>
        {complete ? "Go there" : "Draw"}
      </Button>
    </li>
  );
}
