import type { IterationPlan } from "@/api/types";

/** Why the prompt is suggested, what was seen in the pictures, and what could not be done as it was said. */
export function Reasons({ plan }: { plan: IterationPlan }) {
  const { rationale, notes, vision_context: seen } = plan;
  const rows: [string, string][] = seen
    ? [
        ["Seen in your picks", [seen.description, ...seen.selected_traits].filter(Boolean).join(" · ")],
        ["In what you rejected", seen.rejected_traits.join(" · ")],
        ["What differs", seen.key_differences.join(" · ")],
        ["Faults", seen.defects.join(" · ")],
      ]
    : [];
  return (
    <>
      {notes.length > 0 && (
        <ul aria-label="Notes" className="grid gap-1 text-sm text-soft">
          {notes.map((note) => (
            <li key={note} dir="auto">
              {note}
            </li>
          ))}
        </ul>
      )}
      <details open>
        <summary className="text-sm text-soft">Why</summary>
        <p dir="auto" className="mt-1 text-sm">
          {rationale}
        </p>
        <dl className="mt-1 grid gap-1 text-sm">
          {rows
            .filter(([, text]) => text)
            .map(([name, text]) => (
              <div key={name}>
                <dt className="text-xs text-soft">{name}</dt>
                <dd dir="auto">{text}</dd>
              </div>
            ))}
        </dl>
      </details>
    </>
  );
}
