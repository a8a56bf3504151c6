/** What is on the screen and nobody else's business: the page, the open picture, the theme. */
import { create } from "zustand";

export type Page = "studio" | "workbench" | "gallery" | "fleet" | "sessions";
export type Connection = "idle" | "connecting" | "live" | "lost";
export type Theme = "dark" | "light";

interface UiStore {
  connection: Connection;
  /** Null: nobody has chosen one here. */
  theme: Theme | null;
  /** The picture that has the keyboard. */
  focusedId: string | null;
  /** The picture in the viewer. */
  viewedId: string | null;
  /** Two pictures side by side. */
  compared: readonly [string, string] | null;
  keysShown: boolean;
  drawerOpen: boolean;
  set: (fields: Partial<Omit<UiStore, "set" | "setTheme">>) => void;
  setTheme: (theme: Theme) => void;
}

const THEME = "vibes-theme";

const themeOf = (kept: string | null): Theme | null => (kept === "light" || kept === "dark" ? kept : null);

export const useUiStore = create<UiStore>()((set) => ({
  connection: "idle",
  theme: themeOf(localStorage.getItem(THEME)),
  focusedId: null,
  viewedId: null,
  compared: null,
  keysShown: false,
  drawerOpen: false,
  set: (fields) => set(fields),
  setTheme: (theme) => {
    localStorage.setItem(THEME, theme);
    set({ theme });
  },
}));
