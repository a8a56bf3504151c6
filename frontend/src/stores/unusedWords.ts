/** What was said about the next pictures and is not in their prompt yet: told to the bars that could go on without it. */
import { create } from "zustand";

import { useNarrow } from "@/lib/useMedia";

interface UnusedWords {
  /** `words`: nothing was suggested for them yet; `suggestion`: it is being looked at. */
  unused: "words" | "suggestion" | null;
}

export const useUnusedWords = create<UnusedWords>()(() => ({ unused: null }));

/** On a phone an open suggestion has the bar to itself: it is used or left first. */
export function useSuggestionFirst(): boolean {
  const open = useUnusedWords(({ unused }) => unused === "suggestion");
  return useNarrow() && open;
}
