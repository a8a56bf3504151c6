/** The words that call up a LoRA: put into the prompt, once, with a way back. */
import { toast } from "sonner";

import type { LoraCard } from "@/api/types";
import { modelName } from "@/lib/format";
import { lookAtLora } from "@/stores/loraStore";
import { useSessionStore } from "@/stores/sessionStore";

type Word = LoraCard["trigger_words"][number];

/** Whether the prompt has the word, in whatever letter case and weight, and not within another one. */
export function hasWord(prompt: string, { text, insert }: Pick<Word, "text" | "insert">): boolean {
  const plain = prompt.toLowerCase();
  return [text, insert].some((word) => {
    const wanted = word.toLowerCase();
    for (let at = plain.indexOf(wanted); at >= 0; at = plain.indexOf(wanted, at + 1))
      if (!isLetter(plain[at - 1]) && !isLetter(plain[at + wanted.length])) return true;
    return false;
  });
}

const isLetter = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}_]/u.test(sign);

/** Adds it behind the prompt or, where it stands there by itself, takes it out. */
export function toggleTriggerWord(word: Word): void {
  const { config, change } = useSessionStore.getState();
  if (hasWord(config.prompt, word)) change({ prompt: without(config.prompt, word.insert) });
  else addTriggerWord(word);
}

/** Adds it behind the prompt unless it is there. */
export function addTriggerWord(word: Word): void {
  const { config, change } = useSessionStore.getState();
  const before = config.prompt;
  if (hasWord(before, word)) return;
  const after = [before.replace(/[\s,]+$/u, ""), word.insert].filter(Boolean).join(", ");
  change({ prompt: after });
  const undo = () => {
    const { prompt } = useSessionStore.getState().config;
    change({ prompt: prompt === after ? before : without(prompt, word.insert) });
  };
  toast(`“${word.text}” is in the prompt`, { id: "trigger word", action: { label: "Undo", onClick: undo } });
}

/** What was written since stays. */
const without = (prompt: string, word: string): string =>
  prompt
    .split(",")
    .filter((part) => part.trim() !== word)
    .join(",");

/** Offers the first trigger word of a LoRA that was just chosen, if its file tells any. */
export async function offerTriggerWord(name: string): Promise<void> {
  const card = await lookAtLora(name);
  const word = card?.trigger_words[0];
  if (!word || hasWord(useSessionStore.getState().config.prompt, word)) return;
  toast(`${card.title || modelName(name)} is called up by “${word.text}”`, {
    id: "trigger word",
    action: { label: "Add it", onClick: () => addTriggerWord(word) },
  });
}
