import { useMedia } from "@/lib/useMedia";
import { useUiStore, type Theme } from "@/stores/uiStore";

/** The theme chosen here, else the system's. */
export function useTheme(): Theme {
  const chosen = useUiStore((store) => store.theme);
  const light = useMedia("(prefers-color-scheme: light)");
  return chosen ?? (light ? "light" : "dark");
}
