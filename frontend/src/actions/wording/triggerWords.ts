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

/** Adds it behind the prompt or, where it stands there between commas, takes it out. */
export function toggleTriggerWord(word: Word): void {
  const { prompt } = useSessionStore.getState().config;
  if (!hasWord(prompt, word)) return addTriggerWord(word);
  const after = without(prompt, word);
  if (after === prompt)
    return void toast(`“${word.text}” stands among other words: change it in the prompt`, { id: "trigger word stays" });
  return write(after, `“${word.text}” is out of the prompt`, (now) => withWord(now, word));
}

/** Adds it behind the prompt unless it is there. */
export function addTriggerWord(word: Word): void {
  const before = useSessionStore.getState().config.prompt;
  const after = withWord(before, word);
  if (after !== before) write(after, `“${word.text}” is in the prompt`, (now) => without(now, word));
}

/** `back`: for a prompt that was written on since. */
function write(after: string, notice: string, back: (prompt: string) => string): void {
  const { config, change } = useSessionStore.getState();
  change({ prompt: after });
  const undo = () => {
    const now = useSessionStore.getState().config.prompt;
    change({ prompt: now === after ? config.prompt : back(now) });
  };
  toast(notice, { id: "trigger word", action: { label: "Undo", onClick: undo } });
}

const withWord = (prompt: string, word: Word): string =>
  hasWord(prompt, word) ? prompt : [prompt.replace(/[\s,]+$/u, ""), word.insert].filter(Boolean).join(", ");

/** What else was written stays. */
function without(prompt: string, { text, insert }: Word): string {
  const parts = prompt.split(",");
  const others = parts.filter((part) => ![text, insert].some((word) => unweighted(part) === word.toLowerCase()));
  return others.length < parts.length ? others.join(",").trimStart() : prompt;
}

/** "((Fox:1.2))" → "fox". */
function unweighted(part: string): string {
  const plain = part.trim().toLowerCase();
  const inner = /^\((.*?)(?::[\d.]+)?\)$/u.exec(plain)?.[1];
  return inner === undefined ? plain : unweighted(inner);
}

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
