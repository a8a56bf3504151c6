import { useEffect, type ReactNode } from "react";

import { useGenerate } from "@/actions/batches";
import { Button } from "@/components/Button";
import { castDice } from "@/features/concept/building";
import { Cards } from "@/features/concept/Cards";
import { Grids } from "@/features/concept/Grids";
import { PicksBar } from "@/features/concept/PicksBar";
import { PromptBox } from "@/features/concept/PromptBox";
import { useHistory } from "@/features/concept/history";
import { stopSmallPictures } from "@/features/concept/smallPictures";
import { changeConcept, redo, undo, useConcept } from "@/features/concept/useConcept";
import { VaryBar } from "@/features/concept/VaryBar";
import { useKeys } from "@/lib/useKeys";
import { useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

interface Props {
  /** Above the cards, so that the pictures have the height of the page. */
  title: ReactNode;
  refine: ReactNode;
}

/** Cards on the left, pictures on the right, the prompt below; where not all of it has room, the pictures keep some. */
export function Board({ title, refine }: Props) {
  const concept = useConcept();
  const { generate } = useGenerate();
  const free = useUiStore(({ viewedId, compared, keysShown }) => !viewedId && !compared && !keysShown);
  useKeys({ generate: () => void generate() }, free);
  const sessionId = useSessionStore((store) => store.sessionId);
  useEffect(() => () => void stopSmallPictures(undefined, sessionId), [sessionId]);
  return (
    <div className="grid gap-x-8 gap-y-4 lg:grid-cols-[24rem_minmax(0,1fr)]">
      <section aria-label="Cards" className="grid content-start gap-3">
        {title}
        <Tools by={concept.by} />
        <Cards concept={concept} />
        <VaryBar concept={concept} />
      </section>
      <section
        aria-label="Pictures"
        className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-28 lg:-mx-2 lg:h-[calc(100dvh-8rem)] lg:self-start lg:scroll-pb-(--bar) lg:overflow-y-auto lg:px-2"
      >
        <div className="min-h-0 grow lg:min-h-56 lg:overflow-y-auto">
          <Grids concept={concept} />
        </div>
        <PicksBar refine={refine} />
        <PromptBox />
      </section>
    </div>
  );
}

function Tools({ by }: { by: string }) {
  const undoable = useHistory(({ past }) => past.length > 0);
  const redoable = useHistory(({ future }) => future.length > 0);
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap gap-1">
        <Button title="New words on every card that is not locked" onClick={() => void castDice()}>
          <span aria-hidden>⚄</span> Roll the dice
        </Button>
        <Button look="quiet" title="Undo (Z)" disabled={!undoable} onClick={undo}>
          Undo
        </Button>
        <Button look="quiet" title="Redo (Shift Z)" disabled={!redoable} onClick={redo}>
          Redo
        </Button>
        <Button look="quiet" onClick={() => changeConcept({ built: false })}>
          New brief
        </Button>
      </div>
      <p className="flex items-center justify-between gap-2 text-xs text-soft">
        {by && <span>Taken apart {by}</span>}
        <button
          type="button"
          className="ml-auto min-h-9 shrink-0 rounded-lg px-2 text-text underline lg:hidden"
          onClick={() => document.querySelector("[data-concept-prompt]")?.scrollIntoView({ block: "center" })}
        >
          Prompt and pictures <span aria-hidden>↓</span>
        </button>
      </p>
    </div>
  );
}
