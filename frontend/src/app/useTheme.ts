import { useMedia } from "@/lib/useMedia";
import { useUiStore, type Theme } from "@/stores/uiStore";

/** What the person chose here; until then what the system is set to. */
export function useTheme(): Theme {
  const chosen = useUiStore((store) => store.theme);
  const light = useMedia("(prefers-color-scheme: light)");
  return chosen ?? (light ? "light" : "dark");
}
