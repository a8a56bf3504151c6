import type { Ahead } from "@/api/types";
import { Button } from "@/components/Button";
import { BUDGETS, type ExplorerState } from "@/features/explorer/state";
import { changeExplorer } from "@/features/explorer/useExplorer";

/**
 * What idle cards draw ahead, how much they may, and the button that stops it. As wide and high whatever it says: the map
 * below it must not move under a finger.
 */
export function AheadLine({ state, ahead }: { state: ExplorerState; ahead: Ahead | null }) {
  const says = state.ahead ? inWords(ahead) : "Nothing is drawn ahead";
  return (
    <p className="flex w-full items-center gap-x-2 text-xs text-soft sm:w-auto" data-ahead>
      <span title={says} className="min-w-0 grow truncate sm:w-60 sm:grow-0">
        {says}
      </span>
      {state.ahead && (
        <label className="flex shrink-0 items-center gap-1">
          <span className="sr-only">Most pictures drawn ahead around one centre</span>
          <select
            className="min-h-7 rounded-lg border border-line bg-bg px-1"
            value={state.budget}
            onChange={({ target }) => changeExplorer({ budget: Number(target.value) }, true)}
          >
            {BUDGETS.map((each) => (
              <option key={each} value={each}>
                at most {each}
              </option>
            ))}
          </select>
        </label>
      )}
      <Button
        look="quiet"
        className="min-h-7 shrink-0 border border-line py-0.5 text-xs"
        onClick={() => changeExplorer({ ahead: !state.ahead }, true)}
      >
        {state.ahead ? "Stop" : "Draw ahead"}
      </Button>
    </p>
  );
}

/** Short enough for a narrow screen. */
const WAITS: Readonly<Record<NonNullable<Ahead["waits_for"]>, string>> = {
  pictures: "yours go first",
  paused: "queue paused",
  no_node: "no card for it",
  busy: "cards are busy",
  model: "no model loaded",
};

function inWords(ahead: Ahead | null): string {
  if (!ahead?.active) return "Idle cards draw ahead";
  const { begun, budget, running, waiting, waits_for: why } = ahead;
  const now = running.length ? `${running.length} now` : why ? WAITS[why] : waiting ? "next" : "";
  return [`Drawn ahead: ${begun.length} of ${budget}`, now].filter(Boolean).join(", ");
}
