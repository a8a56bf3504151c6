/** The beginning of a text, cut between whole characters. */
export function cut(text: string, length: number): string {
  const start = [
    ...text
      .slice(0, 2 * length + 2)
      .replace(/\s+/g, " ")
      .trim(),
  ];
  if (start.length <= length && text.length <= 2 * length + 2) return start.join("");
  return `${start.slice(0, length - 1).join("")}…`;
}

/** But for a name that begins it, such as that of a file. */
export const capitalised = (sentence: string): string =>
  /^[a-z]+[ ,]/.test(sentence) ? `${sentence[0]?.toUpperCase() ?? ""}${sentence.slice(1)}` : sentence;
