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
