import type { ReactNode } from "react";

import { toggleStyle } from "@/actions/styles";
import { Button } from "@/components/Button";
import { useLibraryStore } from "@/stores/libraryStore";
import { useSessionStore } from "@/stores/sessionStore";

/** A choice in braces or a list between double underscores. */
const WRITTEN = /\{[^{}]*\|[^{}]*\}|__[\w/-]+__/;

interface Props {
  /** Whether there is a prompt whose wildcards could be drawn. */
  wildcards?: boolean;
  children?: ReactNode;
}

/** The styles and characters that are laid over whatever is asked for next, to choose and to take off. */
export function LaidOver({ wildcards = true, children }: Props) {
  const { config, change } = useSessionStore();
  return (
    <div className="grid gap-2" role="group" aria-label="Styles and wildcards">
      {config.styles && config.styles.length > 0 && (
        <ul className="flex flex-wrap gap-1" aria-label="Laid over the prompt">
          {config.styles.map((name) => (
            <li key={name} className="max-w-full">
              <button
                type="button"
                className="flex min-h-9 max-w-full items-center gap-2 rounded-full border border-accent px-3 text-sm"
                aria-label={`Take off ${name}`}
                onClick={() => toggleStyle(name)}
              >
                <span className="truncate" dir="auto">
                  {name}
                </span>
                <span aria-hidden>✕</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap items-center gap-x-1 gap-y-0 text-sm">
        <Button look="quiet" onClick={() => useLibraryStore.getState().open({ what: "styles" })}>
          Styles
        </Button>
        {children}
        {wildcards && (
          <label
            className="flex min-h-9 cursor-pointer items-center gap-2 px-2 text-soft"
            title="Each picture draws one of {red|blue} and of the list __animal__, by its seed"
          >
            <input
              type="checkbox"
              className="size-4 accent-(--accent)"
              checked={config.wildcards ?? false}
              onChange={({ target }) => change({ wildcards: target.checked })}
            />
            Wildcards
          </label>
        )}
      </div>
      {wildcards && !config.wildcards && WRITTEN.test(config.prompt) && (
        <p className="text-xs text-warm">{"{a|b}"} and __list__ are drawn as they are written: tick Wildcards.</p>
      )}
    </div>
  );
}
