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
  const box = useRef<HTMLDivElement>(null);
  const area = () => box.current?.querySelector("textarea");
  const proposals = useProposals(family, insertOf, (text, caret) => {
    onText(text);
    requestAnimationFrame(() => {
      area()?.focus();
      area()?.setSelectionRange(caret, caret);
    });
  });
  const { shown, active } = proposals;
  return (
    <div ref={box} className="relative">
      <SharedTextarea
        {...rest}
        value={value}
        aria-autocomplete="list"
        {...(shown.length && { "aria-controls": list })}
        {...(shown[active] && { "aria-activedescendant": `${list}-${active}` })}
        onText={(text) => {
          proposals.typed(text, area()?.selectionStart ?? text.length);
          onText(text);
        }}
        onKeyDown={(event) => !proposals.takes(event) && onKeyDown?.(event)}
        onBlur={proposals.close}
      />
      <span role="status" className="sr-only">
        {shown.length > 0 && `${shown.length} completions, arrow keys choose`}
      </span>
      {shown.length > 0 && <Proposals id={list} {...proposals} />}
    </div>
  );
}

interface ProposalsProps {
  id: string;
  shown: readonly Completion[];
  active: number;
  choose: (chosen: Completion) => void;
}

function Proposals({ id, shown, active, choose }: ProposalsProps) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label="Completions"
      className="absolute inset-x-0 top-full z-30 max-h-60 overflow-y-auto rounded-lg border border-line bg-panel text-sm shadow-2xl"
    >
      {shown.map((each, index) => (
        <li
          key={`${each.kind} ${each.insert}`}
          id={`${id}-${index}`}
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
  );
}

/** What is proposed for the text that is being typed, and what keys make of it. */
function useProposals(family: string, insertOf: Props["insertOf"], write: (text: string, caret: number) => void) {
  const [typed, setTyped] = useState<Typed | null>(null);
  const [active, setActive] = useState(-1);
  const found = useCompletions(typed, family);
  const shown = found.completions;
  const type = (next: Typed | null) => {
    setTyped(next);
    setActive(-1);
  };
  const choose = (chosen: Completion) => {
    if (!typed) return;
    const before = typed.text.slice(0, typed.caret - found.fragment.length) + insertOf(chosen);
    write(before + typed.text.slice(typed.caret), before.length);
    type(null);
  };
  /** Whether the key was meant for the proposals. */
  const takes = (event: KeyboardEvent): boolean => {
    const chosen = shown[active];
    const isOurs = shown.length > 0 && !event.nativeEvent.isComposing && !event.ctrlKey && !event.metaKey;
    if (!isOurs) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const [places, step] = [shown.length + 1, event.key === "ArrowDown" ? 1 : -1];
      setActive(((active + 1 + step + places) % places) - 1); // -1: none
    } else if (chosen && (event.key === "Enter" || event.key === "Tab")) choose(chosen);
    else if (event.key === "Escape") type(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return {
    shown,
    active,
    choose,
    takes,
    close: () => type(null),
    typed: (text: string, caret: number) => type({ text, caret }),
  };
}

interface Typed {
  text: string;
  caret: number;
}

const NOTHING: Completions = { fragment: "", completions: [] };

/** What the hub proposes for the text before the caret, a moment after it was typed. */
function useCompletions(typed: Typed | null, family: string): Completions {
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
