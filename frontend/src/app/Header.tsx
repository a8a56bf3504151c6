import type { ReactNode } from "react";

import { PageLinks } from "@/app/PageLinks";
import { useTheme } from "@/app/useTheme";
import { useBroughtStore } from "@/stores/brought";
import { useUiStore, type Page } from "@/stores/uiStore";

interface Props {
  page: Page;
  sessionId: string | null;
  /** True: the links to the pages are in a bar at the bottom. */
  narrow: boolean;
  children: ReactNode;
}

export function Header({ page, sessionId, narrow, children }: Props) {
  const { setTheme, set } = useUiStore();
  const theme = useTheme();
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-bg/95 backdrop-blur">
      <div className="flex items-center gap-1 px-4 py-2">
        <a
          href="#/"
          className="mr-3 flex shrink-0 items-center gap-2 font-semibold tracking-tight"
          title="Start something new"
        >
          <img src="favicon.svg" alt="" className="size-6" />
          <span className="max-sm:sr-only">Vibes ImGen</span>
        </a>
        {!narrow && <PageLinks page={page} sessionId={sessionId} className="flex" />}
        <div className="grow">
          {sessionId && (
            <a href="#/" className="rounded-lg px-2.5 py-1.5 text-sm whitespace-nowrap text-soft hover:text-text">
              + New
            </a>
          )}
        </div>
        <OpenButton />
        {sessionId && page === "studio" && (
          <button
            type="button"
            className="rounded-lg px-2.5 py-1.5 text-sm whitespace-nowrap text-soft hover:text-text"
            aria-label="Open on the phone"
            title="Open on the phone: a link and a code for its camera"
            onClick={() => set({ phoneShown: true })}
          >
            <span aria-hidden>▦</span>
            <span className="ml-1.5 max-lg:sr-only">Phone</span>
          </button>
        )}
        <button
          type="button"
          className="rounded-lg px-2.5 py-1.5 text-soft hover:text-text"
          aria-label="Keys"
          title="Keys (?)"
          onClick={() => set({ keysShown: true })}
        >
          ?
        </button>
        <button
          type="button"
          className="rounded-lg px-2.5 py-1.5 text-soft hover:text-text"
          aria-label={theme === "dark" ? "Light colours" : "Dark colours"}
          onClick={() => setTheme(theme === "dark" ? "light" : "dark")}
        >
          {theme === "dark" ? "☀" : "☾"}
        </button>
      </div>
      {children}
    </header>
  );
}

function OpenButton() {
  return (
    <button
      type="button"
      className="rounded-lg px-2.5 py-1.5 text-sm whitespace-nowrap text-soft hover:text-text"
      aria-label="Open a picture or a workflow"
      title="Open a picture or a workflow; dropped or pasted anywhere it does the same"
      onClick={() => useBroughtStore.getState().choose(true)}
    >
      <span aria-hidden>⇪</span>
      <span className="ml-1.5 max-lg:sr-only">Open</span>
    </button>
  );
}
