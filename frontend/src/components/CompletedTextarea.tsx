import { useEffect, useId, useRef, useState, type ComponentProps, type KeyboardEvent } from "react";

import { get } from "@/api/client";
import type { Completion, Completions } from "@/api/types";
import { SharedTextarea } from "@/components/SharedTextarea";

const TYPING_MS = 120;
/** Characters before the caret that are asked about. */
const LOOKED_AT = 200;

type Props = ComponentProps<typeof SharedTextarea> & {
  /** LoRAs of other families are not proposed. */
  family: string;
  /** What stands in the text for it; a LoRA, for example, is put elsewhere and leaves nothing. */
  insertOf: (chosen: Completion) => string;
};

/** A text that is completed while it is typed: arrow keys and Enter or Tab choose, Escape closes, a tap chooses. */
export function CompletedTextarea({ family, insertOf, onText, onKeyDown, value, ...rest }: Props) {
  const list = useId();
  const [typed, setTyped] = useState<{ text: string; caret: number } | null>(null);
  const [active, setActive] = useState(-1);
  const found = useCompletions(typed, family);
  const shown = typed && found.completions.length ? found.completions : [];
  const box = useRef<HTMLDivElement>(null);
  const close = () => {
    setTyped(null);
    setActive(-1);
  };
  const choose = (chosen: Completion) => {
    if (!typed) return;
    const before = typed.text.slice(0, typed.caret - found.fragment.length) + insertOf(chosen);
    onText(before + typed.text.slice(typed.caret));
    close();
    requestAnimationFrame(() => {
      const area = box.current?.querySelector("textarea");
      area?.focus();
      area?.setSelectionRange(before.length, before.length);
    });
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const key = event.nativeEvent.isComposing || event.ctrlKey || event.metaKey ? "" : event.key;
    const chosen = shown[active];
    if (shown.length && (key === "ArrowDown" || key === "ArrowUp")) {
      event.preventDefault();
      const step = key === "ArrowDown" ? 1 : -1;
      setActive(((active + step + (shown.length + 1) + 1) % (shown.length + 1)) - 1);
    } else if (chosen && (key === "Enter" || key === "Tab")) {
      event.preventDefault();
      choose(chosen);
    } else if (shown.length && key === "Escape") {
      event.stopPropagation();
      close();
    } else {
      onKeyDown?.(event);
    }
  };
  return (
    <div ref={box} className="relative">
      <SharedTextarea
        {...rest}
        value={value}
        aria-autocomplete="list"
        {...(shown.length && { "aria-controls": list })}
        {...(shown[active] && { "aria-activedescendant": `${list}-${active}` })}
        onText={(text) => {
          const caret = box.current?.querySelector("textarea")?.selectionStart ?? text.length;
          setTyped({ text, caret });
          setActive(-1);
          onText(text);
        }}
        onKeyDown={onKey}
        onBlur={close}
      />
      <span role="status" className="sr-only">
        {shown.length > 0 && `${shown.length} completions, arrow keys choose`}
      </span>
      {shown.length > 0 && (
        <ul
          id={list}
          role="listbox"
          aria-label="Completions"
          className="absolute inset-x-0 top-full z-30 max-h-60 overflow-y-auto rounded-lg border border-line bg-panel text-sm shadow-2xl"
        >
          {shown.map((each, index) => (
            <li
              key={`${each.kind} ${each.insert}`}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === active}
              className="flex min-h-9 cursor-pointer items-center justify-between gap-3 px-3 py-1 hover:bg-raised aria-selected:bg-raised"
              onPointerDown={(event) => event.preventDefault()} // the text keeps the focus
              onClick={() => choose(each)}
            >
              <span className="truncate" dir="auto">
                {each.text}
              </span>
              <span className="shrink-0 text-xs text-soft">{each.kind}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const NOTHING: Completions = { fragment: "", completions: [] };

/** What the hub proposes for the text before the caret, a moment after it was typed. */
function useCompletions(typed: { text: string; caret: number } | null, family: string): Completions {
  const [found, setFound] = useState({ typed, answer: NOTHING });
  useEffect(() => {
    if (!typed) return;
    let over = false;
    const before = typed.text.slice(Math.max(0, typed.caret - LOOKED_AT), typed.caret);
    const path = `/api/complete?text=${encodeURIComponent(before)}&family=${encodeURIComponent(family)}`;
    const look = () =>
      get<Completions>(path).then(
        (answer) => !over && setFound({ typed, answer }),
        () => undefined, // typing goes on without
      );
    const later = setTimeout(() => void look(), TYPING_MS);
    return () => {
      over = true;
      clearTimeout(later);
    };
  }, [typed, family]);
  return found.typed === typed ? found.answer : NOTHING;
}
