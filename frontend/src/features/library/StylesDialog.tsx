import { useCallback, useEffect, useState } from "react";

import { deleteStyle, listStyles, toggleStyle } from "@/actions/styles";
import { withTicket } from "@/api/client";
import type { StyleOut } from "@/api/types";
import { Button } from "@/components/Button";
import { Modal } from "@/components/Modal";
import { useLibraryStore } from "@/stores/libraryStore";
import { useSessionStore } from "@/stores/sessionStore";

/** All saved styles and characters, to lay over the prompt, to change and to delete. */
export function StylesDialog({ onClose }: { onClose: () => void }) {
  const [styles, setStyles] = useState<readonly StyleOut[] | null>(null);
  const [problem, setProblem] = useState("");
  const [search, setSearch] = useState("");
  const look = useCallback(() => {
    listStyles().then(setStyles, (error: Error) => setProblem(error.message));
  }, []);
  useEffect(look, [look]);
  const wanted = search.trim().toLowerCase();
  const found = styles?.filter((each) => `${each.name} ${each.text}`.toLowerCase().includes(wanted));
  return (
    <Modal
      title="Styles and characters"
      description="Laid over whatever the prompt says, until you take them off."
      onClose={onClose}
    >
      <div className="grid gap-3">
        <input
          type="search"
          className="field"
          aria-label="Search styles"
          placeholder="Search"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        {problem && (
          <p role="alert" className="text-sm text-bad">
            {problem}
          </p>
        )}
        <ul className="grid gap-2" aria-label="Saved styles">
          {found?.map((style) => (
            <StyleRow key={style.id} style={style} onChanged={look} />
          ))}
        </ul>
        {styles && !found?.length && (
          <p className="text-sm text-soft">
            {styles.length
              ? "None of that name."
              : "None yet. Save what you have written, or any picture in the viewer, as a style."}
          </p>
        )}
      </div>
    </Modal>
  );
}

function StyleRow({ style, onChanged }: { style: StyleOut; onChanged: () => void }) {
  const chosen = useSessionStore(({ config }) => config.styles?.includes(style.name) ?? false);
  const change = () =>
    useLibraryStore.getState().open({
      what: "save",
      draft: style,
      style,
      saved: (after) => {
        if (chosen && after.name !== style.name) {
          toggleStyle(style.name);
          toggleStyle(after.name);
        }
        useLibraryStore.getState().open({ what: "styles" });
      },
    });
  return (
    <li className="flex flex-wrap items-center gap-2 rounded-lg border border-line p-2">
      <label className="flex min-w-0 grow basis-56 cursor-pointer items-center gap-3">
        <input
          type="checkbox"
          className="size-5 accent-(--accent)"
          checked={chosen}
          onChange={() => toggleStyle(style.name)}
        />
        {style.thumbnail_url ? (
          <img src={withTicket(style.thumbnail_url)} alt="" className="size-12 shrink-0 rounded object-cover" />
        ) : (
          <span aria-hidden className="grid size-12 shrink-0 place-items-center rounded bg-raised text-soft">
            {style.kind === "character" ? "☺" : "✎"}
          </span>
        )}
        <span className="min-w-0">
          <span className="block truncate font-medium" dir="auto">
            {style.name}
          </span>
          <span className="block truncate text-xs text-soft" dir="auto">
            {style.kind === "character" ? "Character" : "Style"}
            {style.text && ` · ${style.text}`}
          </span>
        </span>
      </label>
      <Button look="quiet" aria-label={`Change ${style.name}`} onClick={change}>
        Change
      </Button>
      <Button look="quiet" aria-label={`Delete ${style.name}`} onClick={() => void deleteStyle(style, onChanged)}>
        Delete
      </Button>
    </li>
  );
}
