import { useCallback, useEffect, useState } from "react";

import { restoreSession } from "@/actions/sessions";
import { get } from "@/api/client";
import type { SessionSummary } from "@/api/types";
import { Button } from "@/components/Button";
import { titleOf } from "@/features/sessions/SessionCard";
import { plural } from "@/lib/format";

const LIMIT = 50;

/** Deleted sessions that can be restored; asked for again when the list of the others changes. */
export function DeletedSessions({ others, onBack }: { others: unknown; onBack: () => void }) {
  const [deleted, setDeleted] = useState<readonly SessionSummary[]>([]);
  const load = useCallback(
    () =>
      get<{ sessions: readonly SessionSummary[] }>(`/api/sessions?deleted=true&limit=${LIMIT}`)
        .then(({ sessions }) => setDeleted(sessions))
        .catch(() => undefined), // the page itself says that the hub is away
    [],
  );
  useEffect(() => void load(), [load, others]);
  const restore = (sessionId: string) => void restoreSession(sessionId, onBack).then(load);
  if (!deleted.length) return null;
  return (
    <details className="text-sm">
      <summary className="text-soft">
        {deleted.length === LIMIT ? `The last ${LIMIT} deleted sessions` : plural(deleted.length, "deleted session")}
      </summary>
      <p className="mt-2 text-soft">Kept for a day after they were deleted, with all their pictures.</p>
      <ul className="mt-2 grid gap-2" aria-label="Deleted sessions">
        {deleted.map((session) => (
          <li key={session.id} className="flex items-center gap-3 rounded-xl border border-line p-2 pl-4">
            <span dir="auto" className="line-clamp-2 min-w-0 grow">
              {titleOf(session)} · {plural(session.completed_count, "picture")}
            </span>
            <Button
              aria-label={`Bring back ${titleOf(session)}`}
              className="shrink-0"
              onClick={() => restore(session.id)}
            >
              Bring back
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}
