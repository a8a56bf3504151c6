import { hrefOf } from "@/lib/route";

import { whyRules } from "./spoken";

/** Whether a model or rules made the suggestion, and why. */
export function ByWhom({ degraded }: { degraded: string | null }) {
  const why = degraded === null ? "" : whyRules(degraded);
  return (
    <p className="text-xs text-soft">
      <span className="mr-2 rounded-full border border-line bg-raised px-2 py-0.5 font-medium text-text">
        {degraded === null ? "By a language model" : "By rules"}
      </span>
      {why && `${why[0]?.toUpperCase()}${why.slice(1)}. `}
      {degraded !== null && (
        <a className="text-accent underline" href={hrefOf({ page: "llm" })}>
          Language models
        </a>
      )}
    </p>
  );
}
