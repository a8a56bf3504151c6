import { useUnusedWords } from "@/stores/unusedWords";

const TOLD = {
  words: "What you wrote is not in the prompt yet: have a prompt suggested first.",
  suggestion: "The suggestion is not used yet: this goes on with the prompt as it is.",
};

/** Beside a button that goes on: what was said would be left out. */
export function NotUsedYet() {
  const unused = useUnusedWords((store) => store.unused);
  return unused && <p className="w-full text-xs text-warm">{TOLD[unused]}</p>;
}
