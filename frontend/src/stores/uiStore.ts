/** What is on the screen of this window alone: page, open picture, theme. */
import { create } from "zustand";

export type Page = "studio" | "workbench" | "gallery" | "fleet" | "sessions" | "llm" | "doctor" | "import";
/** `unreadable`: the hub answers, but what it tells is not what this page expects. */
export type Connection = "idle" | "connecting" | "live" | "lost" | "unreadable";
export type Theme = "dark" | "light";

interface UiStore {
  connection: Connection;
  /** Null: none was chosen here. */
  theme: Theme | null;
  /** The picture with the focus. */
  focusedId: string | null;
  /** The picture that was picked last: a range begins there. */
  pickedFrom: string | null;
  /** The picture in the viewer. */
  viewedId: string | null;
  /** Two pictures side by side. */
  compared: readonly [string, string] | null;
  keysShown: boolean;
  /** Whether a link for another device is shown. */
  phoneShown: boolean;
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
  pickedFrom: null,
  viewedId: null,
  compared: null,
  keysShown: false,
  phoneShown: false,
  drawerOpen: false,
  set: (fields) => set(fields),
  setTheme: (theme) => {
    localStorage.setItem(THEME, theme);
    set({ theme });
  },
}));
