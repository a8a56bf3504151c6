import { useSyncExternalStore } from "react";

/** Whether a media query matches; updated when that changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia?.(query);
      list?.addEventListener("change", listener);
      return () => list?.removeEventListener("change", listener);
    },
    () => window.matchMedia?.(query).matches ?? false,
  );
}

/** As narrow as a phone: the bound of the style sheet's `sm`. */
export const useNarrow = (): boolean => useMedia("(max-width: 639.98px)");
