import { useEffect, useState } from "react";
import { toast } from "sonner";

import { get, withTicket } from "@/api/client";
import type { PastPrompt, PastPrompts } from "@/api/types";
import { Modal } from "@/components/Modal";
import { moment, plural } from "@/lib/format";
import { useSessionStore } from "@/stores/sessionStore";

const TYPING_MS = 200;

/** Prompts that were drawn with before, searchable, to be used again. */
export function HistoryDialog({ onClose }: { onClose: () => void }) {
  const [search, setSearch] = useState("");
  const [found, setFound] = useState<readonly PastPrompt[] | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let over = false;
    const look = () =>
      get<PastPrompts>(`/api/prompts?search=${encodeURIComponent(search)}`).then(
        ({ prompts }) => !over && setFound(prompts),
        (error: Error) => !over && setProblem(error.message),
      );
    const later = setTimeout(() => void look(), search ? TYPING_MS : 0);
    return () => {
      over = true;
      clearTimeout(later);
    };
  }, [search]);
  return (
    <Modal
      title="Earlier prompts"
      description="Newest first; choosing one writes it into the editor."
      onClose={onClose}
    >
      <div className="grid gap-3">
        <input
          type="search"
          className="field"
          aria-label="Search earlier prompts"
          placeholder="Search"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        {problem && (
          <p role="alert" className="text-sm text-bad">
            {problem}
          </p>
        )}
        <ul className="grid gap-1" aria-label="Earlier prompts">
          {found?.map((past) => (
            <li key={`${past.prompt}\n${past.negative_prompt}`}>
              <PastRow
                past={past}
                onChoose={() => {
                  reuse(past);
                  onClose();
                }}
              />
            </li>
          ))}
        </ul>
        {found && !found.length && (
          <p className="text-sm text-soft">{search ? "None with these words." : "Nothing has been drawn yet."}</p>
        )}
      </div>
    </Modal>
  );
}

function PastRow({ past, onChoose }: { past: PastPrompt; onChoose: () => void }) {
  return (
    <button
      type="button"
      className="flex w-full items-center gap-3 rounded-lg p-2 text-left text-sm hover:bg-raised"
      onClick={onChoose}
    >
      {past.thumbnail_url ? (
        <img src={withTicket(past.thumbnail_url)} alt="" className="size-12 shrink-0 rounded object-cover" />
      ) : (
        <span aria-hidden className="size-12 shrink-0 rounded bg-raised" />
      )}
      <span className="min-w-0 grow">
        <span className="line-clamp-2 wrap-anywhere" dir="auto">
          {past.prompt}
        </span>
        <span className="block truncate text-xs text-soft">
          {[
            moment(past.used_at),
            past.model_family,
            past.uses > 1 ? plural(past.uses, "batch", "batches") : "",
            ...past.styles,
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </span>
    </button>
  );
}

/** Writes it into the editor; what stood there comes back by undo. */
function reuse(past: PastPrompt): void {
  const { config, change } = useSessionStore.getState();
  const { prompt, negative_prompt, styles } = config;
  change({ prompt: past.prompt, negative_prompt: past.negative_prompt, styles: past.styles });
  toast("The earlier prompt is in the editor", {
    action: { label: "Undo", onClick: () => change({ prompt, negative_prompt, styles: styles ?? [] }) },
  });
}
