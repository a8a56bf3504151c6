import { useEffect, useState } from "react";

import { get, withTicket } from "@/api/client";
import type { Generation, GenerationList, SessionSummary } from "@/api/types";
import { Button } from "@/components/Button";
import { flowName } from "@/lib/flows";
import { moment, plural } from "@/lib/format";
import { hrefOf } from "@/lib/route";
import { stageName } from "@/lib/stages";
import { cut } from "@/lib/text";

const THUMBNAILS = 4;
const TITLE_LENGTH = 80;
const ALT_LENGTH = 120;

/** The prompt that somebody typed; for a session made by the API the prompt of its pictures. */
export function titleOf(session: SessionSummary, pictures: readonly Generation[] = []): string {
  const words = session.title || pictures[0]?.prompt;
  return (words && cut(words, TITLE_LENGTH)) || `Session of ${moment(session.created_at)}`;
}

export function SessionCard({ session, onDelete }: { session: SessionSummary; onDelete: () => void }) {
  const pictures = useNewestPictures(session);
  const title = titleOf(session, pictures);
  const { completed_count: completed, generation_count: count } = session;
  return (
    <li className="grid gap-3 rounded-2xl border border-line bg-panel p-4 sm:grid-cols-[auto_1fr_auto] sm:items-center">
      <Thumbnails pictures={pictures} />
      <div className="min-w-0">
        <h2 dir="auto" className="line-clamp-2 font-medium">
          {title}
        </h2>
        <p className="text-sm text-soft">
          {session.flow_type === "draft_grid" ? stageName(session.current_stage) : flowName(session.flow_type)} ·{" "}
          {completed} of {plural(count, "picture")} ·{" "}
          <time dateTime={session.updated_at}>{moment(session.updated_at)}</time>
        </p>
      </div>
      <div className="flex gap-2">
        <a
          href={hrefOf({ page: "studio", sessionId: session.id })}
          aria-label={`Resume ${title}`}
          className="inline-flex min-h-9 items-center rounded-lg bg-accent px-3 py-1.5 text-sm font-semibold text-on-accent hover:brightness-110"
        >
          Resume
        </a>
        <Button look="danger" aria-label={`Delete ${title}`} onClick={onDelete}>
          Delete
        </Button>
      </div>
    </li>
  );
}

function useNewestPictures(session: SessionSummary): readonly Generation[] {
  const [pictures, setPictures] = useState<readonly Generation[]>([]);
  const { id, completed_count: completed } = session;
  useEffect(() => {
    if (!completed) return;
    let ended = false;
    const path = `/api/generations?session_id=${encodeURIComponent(id)}&status=complete&limit=${THUMBNAILS}`;
    get<GenerationList>(path)
      .then(({ generations }) => !ended && setPictures(generations))
      .catch(() => undefined); // the card says enough without thumbnails
    return () => {
      ended = true;
    };
  }, [id, completed]);
  return pictures;
}

function Thumbnails({ pictures }: { pictures: readonly Generation[] }) {
  return (
    <div className="grid w-full grid-cols-4 gap-1 sm:w-64">
      {Array.from({ length: THUMBNAILS }, (_, place) => (
        <div key={place} className="aspect-square overflow-hidden rounded-lg bg-raised">
          {pictures[place] && (
            <img
              src={withTicket(pictures[place].thumbnail_url ?? "")}
              alt={cut(pictures[place].prompt, ALT_LENGTH)}
              loading="lazy"
              className="size-full object-cover text-xs text-soft"
            />
          )}
        </div>
      ))}
    </div>
  );
}
