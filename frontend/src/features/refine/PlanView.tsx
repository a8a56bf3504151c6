import { Button } from "@/components/Button";
import { useSessionStore } from "@/stores/sessionStore";

import { ByWhom } from "./ByWhom";
import { Chips, Conflicts } from "./Chips";
import type { Planned } from "./kept";
import { Reasons } from "./Reasons";
import { bringBack, isWritten, useRefining, write } from "./refining";
import { TextChange } from "./TextChange";

interface Props {
  planned: Planned;
  onUse: () => void;
  onAgain: () => void;
  onDiscard: () => void;
}

/** A suggested prompt, before it is used: what of it can be switched off, what it becomes, and why. */
export function PlanView({ planned, onUse, onAgain, onDiscard }: Props) {
  const replanning = useRefining((store) => store.replanning);
  const { plan, before, texts } = planned;
  const negative = before.negative || texts.negative || plan.suggested_negative;
  return (
    <div className="grid gap-2 rounded-xl border border-line bg-panel p-3">
      <div className="grid max-h-[26dvh] gap-3 overflow-y-auto sm:max-h-[38dvh]">
        <ByWhom degraded={plan.degraded} />
        {plan.question && <p className="text-sm text-warm">{plan.question}</p>}
        <Conflicts planned={planned} />
        <Chips planned={planned} />
        <TextChange
          name="Prompt"
          before={before.prompt}
          value={texts.prompt}
          onChange={(prompt) => write({ prompt })}
        />
        {negative && (
          <TextChange
            name="What to keep out"
            before={before.negative}
            value={texts.negative}
            onChange={(negative) => write({ negative })}
          />
        )}
        {planned.aside && (
          <p className="flex flex-wrap items-center gap-2 text-sm text-warm">
            You had written something else.
            <Button onClick={bringBack}>Bring it back</Button>
          </p>
        )}
        <Reasons plan={plan} />
        <Meanwhile planned={planned} onAgain={onAgain} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" className="min-h-11 px-5" disabled={replanning} onClick={onUse}>
          Use it
        </Button>
        <Button look="quiet" className="min-h-11" onClick={onDiscard}>
          Leave the prompt as it is
        </Button>
        {isWritten(planned) && <span className="text-xs text-soft">With what you wrote</span>}
      </div>
    </div>
  );
}

/** The prompt was changed while the suggestion was looked at. */
function Meanwhile({ planned, onAgain }: { planned: Planned; onAgain: () => void }) {
  const { prompt, negative_prompt: negative } = useSessionStore((store) => store.config);
  if (prompt === planned.before.prompt && negative === planned.before.negative) return null;
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm text-warm">
      The prompt was changed meanwhile; this starts from the one before.
      <Button onClick={onAgain}>Suggest again</Button>
    </p>
  );
}
