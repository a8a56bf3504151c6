import { useEffect, useState } from "react";

import type { Intent, Wish } from "@/api/types";
import { chipsIn, signOf, wordsOf, type Chip } from "@/actions/wording/changeChips";
import { Button } from "@/components/Button";
import { Modal } from "@/components/Modal";
import { moment } from "@/lib/format";

import { changeIntent, readIntent, withoutTerm, withoutWish, withWish } from "./intent";

interface Props {
  sessionId: string;
  onClose: () => void;
}

/** All that was asked of the session's pictures, in order; later suggestions keep to it. */
export function IntentPanel({ sessionId, onClose }: Props) {
  const { intent, told, removed, problem, forget, restore } = useIntent(sessionId);
  return (
    <Modal
      side
      title="Asked so far"
      description="What these pictures are to be. Later suggestions keep to it; take out what does not count any more."
      onClose={onClose}
    >
      <div className="grid gap-4">
        {intent && <Standing intent={intent} />}
        <p role="status" className="text-sm text-warm empty:hidden">
          {told}
        </p>
        {removed && (
          <p className="flex flex-wrap items-center gap-2 text-sm text-soft">
            Taken out of the list.
            <Button onClick={restore}>Undo</Button>
          </p>
        )}
        {problem && (
          <p role="alert" className="text-sm text-bad">
            {problem}
          </p>
        )}
        {!intent && !problem && <p className="text-sm text-soft">Loading …</p>}
        {intent?.wishes.length === 0 && (
          <p className="text-sm text-soft">
            Nothing yet. Pick pictures, say what should change, and use what is suggested: then it is listed here.
          </p>
        )}
        {intent && intent.wishes.length > 0 && (
          <ol aria-label="Wishes, oldest first" className="grid gap-3">
            {intent.wishes.map((wish) => (
              <Asked key={wish.id} wish={wish} onForget={forget} />
            ))}
          </ol>
        )}
      </div>
    </Modal>
  );
}

/** What holds of all wishes together. */
function Standing({ intent: { kept, removed, asked_for } }: { intent: Intent }) {
  const rows = [
    ["Kept", kept],
    ["Removed", removed],
    ["Asked for", asked_for],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      {rows
        .filter(([, terms]) => terms.length > 0)
        .map(([name, terms]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd dir="auto">{terms.join(" · ")}</dd>
          </div>
        ))}
    </dl>
  );
}

function Asked({ wish, onForget }: { wish: Wish; onForget: (wish: Wish, chip?: Chip) => void }) {
  return (
    <li className="grid gap-2 rounded-lg border border-line p-3">
      <div className="flex items-start justify-between gap-2">
        <p dir="auto" className="text-sm">
          “{wish.feedback}” <span className="text-xs text-soft">{moment(wish.at)}</span>
        </p>
        <Button look="quiet" aria-label={`Take out: ${wish.feedback}`} onClick={() => onForget(wish)}>
          ✕
        </Button>
      </div>
      <ul className="flex flex-wrap gap-1.5">
        {chipsIn(wish.changes).map((chip) => (
          <li key={wordsOf(chip)}>
            <button
              type="button"
              aria-label={`Take out: ${wordsOf(chip)}`}
              className="flex min-h-9 items-center gap-1.5 rounded-full border border-line px-2.5 text-xs hover:border-soft"
              onClick={() => onForget(wish, chip)}
            >
              <span aria-hidden>{signOf(chip)}</span>
              <span dir="auto">{wordsOf(chip)}</span>
              <span aria-hidden className="text-soft">
                ✕
              </span>
            </button>
          </li>
        ))}
      </ul>
    </li>
  );
}

function useIntent(sessionId: string) {
  const [intent, setIntent] = useState<Intent | null>(null);
  const [removed, setRemoved] = useState<Wish | null>(null);
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState("");
  useEffect(() => {
    readIntent(sessionId).then(setIntent, (error: Error) => setProblem(error.message));
  }, [sessionId]);
  const change = async (how: Parameters<typeof changeIntent>[1], then: Wish | null) => {
    try {
      const changed = await changeIntent(sessionId, how, intent?.version);
      setIntent(changed.intent);
      setRemoved(then);
      setProblem("");
      setTold(changed.merged ? "Another window has changed this list too: both changes are in it." : "");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    ...{ intent, removed, told, problem },
    forget: (wish: Wish, chip?: Chip) => void change(chip ? withoutTerm(wish.id, chip) : withoutWish(wish.id), wish),
    restore: () => void (removed && change(withWish(removed), null)),
  };
}
