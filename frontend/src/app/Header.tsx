import type { ReactNode } from "react";

import { hrefOf, type Route } from "@/lib/route";
import { useUiStore, type Page } from "@/stores/uiStore";

const PAGES: { page: Page; name: string }[] = [
  { page: "studio", name: "Studio" },
  { page: "workbench", name: "Workbench" },
  { page: "gallery", name: "Gallery" },
  { page: "sessions", name: "Sessions" },
  { page: "fleet", name: "Fleet" },
];

export function Header({ page, sessionId, children }: { page: Page; sessionId: string | null; children: ReactNode }) {
  const { theme, setTheme, set } = useUiStore();
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-bg/95 backdrop-blur">
      <div className="flex items-center gap-1 px-4 py-2">
        <a
          href="#/"
          className="mr-3 flex shrink-0 items-center gap-2 font-semibold tracking-tight"
          title="Start something new"
        >
          <img src="/favicon.svg" alt="" className="size-6" />
          <span className="max-sm:sr-only">Vibes ImGen</span>
        </a>
        <nav aria-label="Pages" className="flex grow overflow-x-auto">
          {PAGES.map((each) => (
            <a
              key={each.page}
              href={hrefOf(each.page === "studio" ? { page: "studio", sessionId } : ({ page: each.page } as Route))}
              aria-current={each.page === page ? "page" : undefined}
              className="rounded-lg px-2.5 py-1.5 text-sm shrink-0 whitespace-nowrap text-soft hover:text-text aria-[current=page]:bg-raised aria-[current=page]:text-text"
            >
              {each.name}
            </a>
          ))}
          {sessionId && (
            <a href="#/" className="rounded-lg px-2.5 py-1.5 text-sm whitespace-nowrap text-soft hover:text-text">
              + New
            </a>
          )}
        </nav>
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
