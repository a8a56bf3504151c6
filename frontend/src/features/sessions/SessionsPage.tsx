import { useState } from "react";

import { HubProblem } from "@/api/client";
import type { SessionSummary } from "@/api/types";
import { Button } from "@/components/Button";
import { Modal } from "@/components/Modal";
import { Notice } from "@/components/Notice";
import { DeletedSessions } from "@/features/sessions/DeletedSessions";
import { SessionCard, titleOf } from "@/features/sessions/SessionCard";
import { useSessions } from "@/features/sessions/useSessions";
import { plural } from "@/lib/format";
import { hrefOf } from "@/lib/route";

export function SessionsPage() {
  const { sessions, more, loading, problem, showMore, reload, remove } = useSessions();
  const [doomed, setDoomed] = useState<SessionSummary | null>(null);
  return (
    <section aria-label="Sessions" className="mx-auto grid w-full max-w-5xl content-start gap-4 p-4">
      <h1 className="text-xl font-semibold">Sessions</h1>
      {sessions?.length === 0 && <Empty />}
      {sessions && sessions.length > 0 && (
        <ul className="grid gap-3">
          {sessions.map((session) => (
            <SessionCard key={session.id} session={session} onDelete={() => setDoomed(session)} />
          ))}
        </ul>
      )}
      {problem && (
        <Notice title="The sessions cannot be shown" tone="bad">
          <p className="mb-4">{problem.message}</p>
          <Button onClick={showMore}>Try again</Button>
        </Notice>
      )}
      {loading && !sessions && <Waiting />}
      {more && !problem && (
        <Button className="justify-self-center" disabled={loading} onClick={showMore}>
          {loading ? "Loading …" : "Show more"}
        </Button>
      )}
      {sessions && <DeletedSessions others={sessions} onBack={reload} />}
      {doomed && <Confirmation session={doomed} remove={remove} onClose={() => setDoomed(null)} />}
    </section>
  );
}

interface ConfirmationProps {
  session: SessionSummary;
  remove: (sessionId: string) => Promise<void>;
  onClose: () => void;
}

function Confirmation({ session, remove, onClose }: ConfirmationProps) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState("");
  const confirm = async () => {
    setBusy(true);
    try {
      await remove(session.id);
      onClose();
    } catch (error) {
      setRefusal(error instanceof HubProblem ? error.message : "That did not work.");
      setBusy(false);
    }
  };
  const lost = session.completed_count
    ? `${plural(session.completed_count, "picture")} of it will be deleted, starred ones and those on boards too. It can be brought back for a day.`
    : "It has no pictures. It can be brought back for a day.";
  return (
    <Modal title="Delete this session?" description={lost} onClose={onClose}>
      <p dir="auto" className="mb-4 line-clamp-3 rounded-lg bg-raised p-3 text-sm">
        {titleOf(session)}
      </p>
      {refusal && (
        <p role="alert" className="mb-4 text-sm text-bad">
          {refusal}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" disabled={busy} onClick={() => void confirm()}>
          Delete session
        </Button>
      </div>
    </Modal>
  );
}

function Empty() {
  return (
    <Notice title="No sessions yet">
      Each time you begin with a new prompt in the{" "}
      <a href={hrefOf({ page: "studio", sessionId: null })} className="text-accent underline">
        studio
      </a>
      , a session is kept here.
    </Notice>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading sessions" className="grid gap-3">
      {[0, 1, 2].map((each) => (
        <div key={each} className="shimmer h-28 rounded-2xl bg-panel" />
      ))}
    </div>
  );
}
