import { useState } from "react";

import type { LoraCard } from "@/api/types";

type Word = LoraCard["trigger_words"][number];

interface Props {
  name: string;
  words: readonly Word[];
  has: (word: Word) => boolean;
  onToggle: (word: Word) => void;
}

const FEW = 6;

/** The words that call up a LoRA, as its file tells; a click puts one into the prompt, or takes it out. */
export function TriggerWords({ name, words, has, onToggle }: Props) {
  const [all, setAll] = useState(false);
  if (!words.length) return null;
  return (
    <ul className="flex flex-wrap gap-1" aria-label={`Trigger words of ${name}`}>
      {words.slice(0, all ? undefined : FEW).map((word) => (
        <li key={word.text} className="max-w-full">
          <button
            type="button"
            className="flex min-h-8 max-w-full items-center gap-1 rounded-full border border-line px-2.5 text-xs aria-pressed:border-accent"
            aria-pressed={has(word)}
            title={word.count ? `${word.count} times in what it was trained on` : "Named by its maker"}
            onClick={() => onToggle(word)}
          >
            <span className="truncate" dir="auto">
              {word.text}
            </span>
            {word.count > 0 && <span className="text-soft">{word.count}</span>}
          </button>
        </li>
      ))}
      {words.length > FEW && (
        <li>
          <button type="button" className="min-h-8 px-2 text-xs text-soft underline" onClick={() => setAll(!all)}>
            {all ? "Fewer" : `${words.length - FEW} more`}
          </button>
        </li>
      )}
    </ul>
  );
}
