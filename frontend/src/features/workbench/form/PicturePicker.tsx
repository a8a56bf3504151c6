import { useCallback, useEffect, useState } from "react";

import { get, HubProblem, withTicket } from "@/api/client";
import type { Generation, GenerationList } from "@/api/types";
import { Button } from "@/components/Button";
import { Modal } from "@/components/Modal";
import type { PictureInput } from "@/features/workbench/draft/draft";
import { plural } from "@/lib/format";
import { cut } from "@/lib/text";

const PAGE = 48;
const TYPING_MS = 250;
const ALT_LENGTH = 120;

interface Props {
  onPick: (picture: PictureInput) => void;
  onClose: () => void;
}

/** The hub's pictures, newest first, to choose one to start from. */
export function PicturePicker({ onPick, onClose }: Props) {
  const [words, setWords] = useState("");
  const { found, total, problem, showMore, retry } = useFound(words);
  return (
    <Modal wide title="From the gallery" description="Choose a picture to start from." onClose={onClose}>
      <input
        type="search"
        className="field mb-3"
        aria-label="Words of the prompt"
        placeholder="Words of the prompt"
        value={words}
        onChange={({ target }) => setWords(target.value)}
      />
      {problem && (
        <div role="alert" className="mb-3 flex items-center justify-between gap-3 text-sm text-bad">
          <p>{problem}</p>
          <Button onClick={retry}>Try again</Button>
        </div>
      )}
      <p role="status" className="mb-2 text-xs text-soft">
        {found === null ? "Looking…" : found.length ? plural(total, "picture") : sayNothing(words)}
      </p>
      <ul className="grid grid-cols-3 gap-2 sm:grid-cols-5 lg:grid-cols-6">
        {found?.map((each) => (
          <li key={each.id} className="aspect-square">
            <button
              type="button"
              className="size-full overflow-hidden rounded-lg bg-raised hover:ring-2 hover:ring-accent"
              onClick={() => onPick(inputOf(each))}
            >
              <img
                src={withTicket(each.thumbnail_url ?? "")}
                alt={cut(each.prompt, ALT_LENGTH) || "Picture without a prompt"}
                loading="lazy"
                className="size-full object-contain text-xs text-soft"
              />
            </button>
          </li>
        ))}
      </ul>
      {found && found.length < total && (
        <Button className="mx-auto mt-4 flex" onClick={showMore}>
          Show more
        </Button>
      )}
    </Modal>
  );
}

const sayNothing = (words: string): string =>
  words.trim() ? "No picture is like that." : "There are no pictures yet: run something first.";

const inputOf = ({ id, prompt, thumbnail_url: thumbnail }: Generation): PictureInput => ({
  reference: `@generation:${id}`,
  thumbnail,
  label: cut(prompt, ALT_LENGTH) || "Picture",
});

function useFound(words: string) {
  const [limit, setLimit] = useState(PAGE);
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<readonly Generation[] | null>(null);
  const [total, setTotal] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let over = false;
    const query = new URLSearchParams({ status: "complete", kept: "true", limit: String(limit) });
    if (words.trim()) query.set("prompt", words.trim());
    const ask = async () => {
      try {
        const answer = await get<GenerationList>(`/api/generations?${query.toString()}`);
        if (over) return;
        setFound(answer.generations);
        setTotal(answer.total);
        setProblem(null);
      } catch (error) {
        if (!over) setProblem(error instanceof HubProblem ? error.message : "The hub's answer could not be read.");
      }
    };
    const timer = setTimeout(() => void ask(), words ? TYPING_MS : 0);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [words, limit, round]);
  const showMore = useCallback(() => setLimit((before) => before + PAGE), []);
  return { found, total, problem, showMore, retry: () => setRound((before) => before + 1) };
}
