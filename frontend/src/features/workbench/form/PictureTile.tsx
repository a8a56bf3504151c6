import { useState } from "react";

import { usePictureUrl } from "@/actions/usePictureUrl";
import { withTicket } from "@/api/client";
import { taskOutputOf, type PictureInput } from "@/features/workbench/draft/draft";
import { artifactOf } from "@/features/workbench/draft/uploads";

interface Props {
  picture: PictureInput;
  /** How many pictures the task makes whose result it is. */
  count: number;
  onChange: (reference: string) => void;
  onRemove: () => void;
}

const TILE = "relative size-28 shrink-0 overflow-hidden rounded-lg border border-line bg-raised";

/** One picture that the task starts from. */
export function PictureTile({ picture, count, onChange, onRemove }: Props) {
  const artifact = artifactOf(picture.reference);
  const output = taskOutputOf(picture.reference);
  return (
    <li className={TILE}>
      {output ? (
        <TaskResult picture={picture} task={output.task} index={output.index} count={count} onChange={onChange} />
      ) : artifact ? (
        <Uploaded id={artifact} label={picture.label} />
      ) : (
        <Thumbnail src={withTicket(picture.thumbnail ?? "")} label={picture.label} />
      )}
      <button
        type="button"
        aria-label={`Remove ${picture.label}`}
        title="Remove"
        onClick={onRemove}
        className="absolute right-1 top-1 grid size-7 place-items-center rounded-full bg-black/65 text-sm text-white hover:bg-black/85"
      >
        ✕
      </button>
    </li>
  );
}

function Thumbnail({ src, label }: { src: string; label: string }) {
  const [gone, setGone] = useState(false);
  if (gone) return <Gone />;
  return <img src={src} alt={label} onError={() => setGone(true)} className="size-full object-contain text-xs" />;
}

function Uploaded({ id, label }: { id: string; label: string }) {
  const picture = usePictureUrl(`artifact:${id}`);
  if (picture === null)
    return <span role="status" aria-label={`Loading ${label}`} className="shimmer block size-full" />;
  return picture === "gone" ? <Gone /> : <Thumbnail src={picture.url} label={label} />;
}

/** The hub deletes an upload with the last job that used it. */
function Gone() {
  return (
    <span className="grid size-full place-items-center p-2 pt-7 text-center text-xs text-warm">
      Gone from the hub: add it again
    </span>
  );
}

interface ResultProps {
  picture: PictureInput;
  task: number;
  index: number | null;
  count: number;
  onChange: (reference: string) => void;
}

const MOST_LISTED = 50;

function TaskResult({ picture, task, index, count, onChange }: ResultProps) {
  const name = `t${task + 1}`;
  const listed = Math.max(Math.min(count, MOST_LISTED), (index ?? 0) + 1);
  return (
    <span className="grid size-full content-center gap-1 p-2 pt-7 text-center text-xs">
      <span className="font-medium">Result of {name}</span>
      {listed > 1 || index === null ? (
        <select
          aria-label={`Which result of ${name}`}
          className="rounded border border-line bg-bg px-1 py-0.5"
          value={picture.reference}
          onChange={({ target }) => onChange(target.value)}
        >
          <option value={`@${name}.images`}>all of them</option>
          {Array.from({ length: listed }, (_, place) => (
            <option key={place} value={`@${name}.images[${place}]`}>
              picture {place + 1}
            </option>
          ))}
        </select>
      ) : (
        <span className="text-soft">when it is drawn</span>
      )}
    </span>
  );
}
