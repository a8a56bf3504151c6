import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";

import { Button } from "@/components/Button";
import { useStage } from "@/actions/batchRequest";
import { cut } from "@/lib/text";
import { useNarrow } from "@/lib/useMedia";
import { useSessionStore } from "@/stores/sessionStore";
import { useUnusedWords } from "@/stores/unusedWords";

import { IntentPanel } from "./IntentPanel";
import type { Planned, Used } from "./kept";
import { PlanView } from "./PlanView";
import {
  ask,
  cancel,
  discard,
  followTexts,
  openRefining,
  say,
  takeBack,
  use,
  useRefining,
  type Thinking,
} from "./refining";
import { spoken } from "./spoken";

const FEEDBACK_LENGTH = 60;
const MOST_FEEDBACK = 4000;

/** Beside the picks: what should change in the next pictures, and the prompt that would do it. */
export function RefineBar({ changing }: { changing?: () => void }) {
  const sessionId = useSessionStore((store) => store.loadedId);
  useEffect(() => {
    if (sessionId) openRefining(sessionId);
  }, [sessionId]);
  const stage = useStage();
  const open = useRefining((store) => store.sessionId);
  const field = useRef<HTMLTextAreaElement>(null);
  if (!sessionId || open !== sessionId) return null;
  return <Refining stage={stage} field={field} sessionId={sessionId} changing={changing} />;
}

interface Props {
  stage: number;
  sessionId: string;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Called before it changes the prompt. */
  changing: (() => void) | undefined;
}

function Refining({ stage, sessionId, field, changing }: Props) {
  const refining = useRefining();
  const { thinking, problem, used } = refining;
  const planned = refining.planned?.stage === stage ? refining.planned : null;
  const [asked, setAsked] = useState(false);
  const back = useRef<HTMLButtonElement>(null);
  const [focusBack, setFocusBack] = useState(false);
  useEffect(() => {
    if (focusBack) back.current?.focus();
    setFocusBack(false);
  }, [focusBack]);
  useUnused(planned, refining.feedback);
  useFollowedTexts();
  const toField = () => field.current?.focus();
  const last = planned || thinking ? undefined : used.at(-1);
  return (
    <section aria-label="What should change" className="grid gap-2">
      <Question stage={stage} field={field} answered={planned?.feedback} onHistory={() => setAsked(true)} />
      {thinking && <Waiting thinking={thinking} onCancel={() => (cancel(), toField())} />}
      {problem && (
        <p role="alert" className="text-sm text-warm">
          {problem}
        </p>
      )}
      {planned && (
        <PlanView
          planned={planned}
          onUse={() => (changing?.(), use(), setFocusBack(true))}
          onAgain={() => void ask(stage)}
          onDiscard={() => (discard(), toField())}
        />
      )}
      {last && <LastUsed used={last} button={back} onBack={() => (changing?.(), takeBack(), toField())} />}
      <p aria-live="polite" className="sr-only">
        {spoken({ ...refining, planned })}
      </p>
      {asked && <IntentPanel sessionId={sessionId} onClose={() => setAsked(false)} />}
    </section>
  );
}

function useFollowedTexts(): void {
  const prompt = useSessionStore(({ config }) => config.prompt);
  const negative = useSessionStore(({ config }) => config.negative_prompt);
  useEffect(followTexts, [prompt, negative]);
}

/** Tells the bar around it what would be left out by going on. */
function useUnused(planned: Planned | null, feedback: string): void {
  const unused = planned ? "suggestion" : feedback.trim() ? "words" : null;
  useEffect(() => {
    useUnusedWords.setState({ unused });
    return () => useUnusedWords.setState({ unused: null });
  }, [unused]);
}

interface QuestionProps extends Omit<Props, "sessionId" | "changing"> {
  /** For which words a suggestion is being looked at. */
  answered: string | undefined;
  onHistory: () => void;
}

/** On a phone, one line: beside the field stands what can be done next. */
function Question({ stage, field, answered, onHistory }: QuestionProps) {
  const feedback = useRefining((store) => store.feedback);
  const narrow = useNarrow();
  const said = feedback.trim();
  const thinking = useRefining((store) => store.thinking !== null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && thinking) cancel();
    // Enter that ends a word of an input method is not meant for the form
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === COMPOSING) return;
    event.preventDefault();
    void ask(stage);
  };
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void ask(stage);
      }}
    >
      <textarea
        ref={field}
        rows={1}
        aria-label="What should change?"
        className="field max-h-24 min-h-11 min-w-0 grow basis-40 resize-none field-sizing-content sm:basis-60"
        dir="auto"
        enterKeyHint="send"
        maxLength={MOST_FEEDBACK}
        placeholder={narrow ? "What should change?" : "What should change? “no hat, more fog”"}
        value={feedback}
        onChange={({ target }) => say(target.value)}
        onKeyDown={onKeyDown}
      />
      {(!narrow || (said && said !== answered)) && (
        <Button type="submit" className="min-h-11" disabled={!said || thinking}>
          Suggest a prompt
        </Button>
      )}
      {(!narrow || !said) && (
        <Button look="quiet" className="min-h-11" onClick={onHistory}>
          Asked so far
        </Button>
      )}
    </form>
  );
}

/** What browsers tell of a key that an input method has taken. */
const COMPOSING = 229;

const DOES = {
  vision: "Looking at the pictures …",
  interpreter: "Understanding what you said …",
  engineer: "Writing the prompt …",
} as const;

function Waiting({ thinking, onCancel }: { thinking: Thinking; onCancel: () => void }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-raised px-3 py-1 text-sm">
      <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
      <span>{thinking.stage ? DOES[thinking.stage] : "Asking …"}</span>
      <span dir="auto" className="line-clamp-2 grow basis-60 text-soft">
        {thinking.rationale}
      </span>
      <Button look="quiet" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}

interface LastUsedProps {
  used: Used;
  button: RefObject<HTMLButtonElement | null>;
  onBack: () => void;
}

function LastUsed({ used, button, onBack }: LastUsedProps) {
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-sm text-soft">
      <span aria-hidden className="text-good">
        ✓
      </span>
      <span dir="auto">The next pictures: “{cut(used.feedback, FEEDBACK_LENGTH)}”</span>
      <button
        ref={button}
        type="button"
        className="min-h-9 rounded-lg px-3 text-text underline hover:bg-raised"
        onClick={onBack}
      >
        Back to the old prompt
      </button>
    </p>
  );
}
