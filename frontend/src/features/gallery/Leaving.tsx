import { useEffect, useState } from "react";

import { get } from "@/api/client";
import type { Retention } from "@/api/types";
import { gigabytes, plural } from "@/lib/format";

/** Which pictures go by themselves, where the hub has limits. */
export function Leaving() {
  const [told, setTold] = useState<Retention | null>(null);
  useEffect(() => {
    let here = true;
    get<Retention>("/api/retention").then(
      (answer) => here && setTold(answer),
      () => undefined, // only a hint: the gallery itself says when the hub does not answer
    );
    return () => {
      here = false;
    };
  }, []);
  const words = told && leavingWords(told);
  return words && <p className="rounded-xl border border-warm bg-panel p-3 text-sm">{words}</p>;
}

/** A sentence, or null where nothing goes. */
export function leavingWords({ keep_days: days, keep_gb: most, kept_bytes, within_a_week: week }: Retention) {
  if (!week.count) return null;
  const limits = [
    ...(days ? [`pictures go after ${plural(days, "day")}`] : []),
    ...(most ? [`the oldest go above ${most} GB, and there are ${gigabytes(kept_bytes)}`] : []),
  ];
  const them = `${plural(week.count, "picture")} (${gigabytes(week.bytes)})`;
  return `Within a week ${them} will be deleted: ${limits.join("; ")}. A star, a rating or a board keeps a picture.`;
}
