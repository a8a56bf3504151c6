import { useLayoutEffect, useRef, type TextareaHTMLAttributes } from "react";

type Props = Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "value" | "onChange" | "ref"> & {
  value: string;
  onText: (text: string) => void;
};

/** A text that another window may change too: the caret stays between the same words. */
export function SharedTextarea({ value, onText, ...rest }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  const seen = useRef({ text: value, from: 0, to: 0 });
  useLayoutEffect(() => {
    const { text, from, to } = seen.current;
    const area = box.current;
    if (area && text !== value && document.activeElement === area)
      area.setSelectionRange(caretIn(value, text, from), caretIn(value, text, to));
    seen.current = { ...seen.current, text: value };
  }, [value]);
  const look = ({ value: text, selectionStart: from, selectionEnd: to }: HTMLTextAreaElement) =>
    (seen.current = { text, from, to });
  return (
    <textarea
      {...rest}
      ref={box}
      value={value}
      onSelect={(event) => look(event.currentTarget)}
      onChange={({ target }) => {
        look(target);
        onText(target.value);
      }}
    />
  );
}

/** The place in the new text of `caret` in the old one; the common beginning and end of both texts stay in place. */
export function caretIn(now: string, before: string, caret: number): number {
  let same = 0;
  while (same < Math.min(now.length, before.length) && now[same] === before[same]) same++;
  return caret <= same ? caret : Math.max(same, caret + now.length - before.length);
}
