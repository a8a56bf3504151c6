import type { ReactNode } from "react";

import { retryAll } from "@/actions/pictures";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { plural } from "@/lib/format";

/** Cancelled and failed ones of what was asked for together, once nothing more comes, and the way to have them after all. */
export function NotDrawn({ of: members, children }: { of: readonly Generation[]; children?: ReactNode }) {
  if (members.some((each) => each.status === "queued" || each.status === "generating")) return null;
  const missing = members.filter((each) => each.status === "cancelled" || each.status === "failed");
  if (!missing.length) return null;
  const stopped = missing.every((each) => each.status === "cancelled");
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
      <p className="text-warm">
        {missing.length} of {plural(members.length, "picture")} {stopped ? "stopped" : "not drawn"}.
      </p>
      <Button onClick={() => void retryAll(missing)}>
        {missing.length === 1 ? "Draw it after all" : `Draw the other ${missing.length}`}
      </Button>
      {children}
    </div>
  );
}
