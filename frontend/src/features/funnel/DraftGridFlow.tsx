import { useEffect, useState, type ReactNode } from "react";

import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { FeedbackBar } from "@/features/funnel/FeedbackBar";
import { ImageGrid } from "@/features/funnel/ImageGrid";
import { PromptEditor } from "@/features/funnel/PromptEditor";
import { StageBreadcrumb } from "@/features/funnel/StageBreadcrumb";
import { useStage } from "@/actions/batchRequest";
import { useKeptMarks } from "@/actions/useKeptMarks";
import { useFunnelKeys } from "@/features/funnel/useFunnelKeys";
import { cut } from "@/lib/text";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

const PROMPT_LENGTH = 120;

/** Drafts → refined → polished → final. */
export function DraftGridFlow({ refine }: { refine: ReactNode }) {
  useFunnelKeys();
  const loaded = useKeptMarks();
  const stage = useStage();
  useEffect(() => useUiStore.getState().set({ focusedId: null }), [stage]);
  return (
    <div className="mx-auto grid w-full max-w-[110rem] grow content-start gap-x-8 gap-y-4 px-4 pt-4 lg:grid-cols-[20rem_minmax(0,1fr)] lg:content-stretch">
      <Title />
      <Editor />
      <section aria-label="Pictures" className="flex min-h-[60dvh] flex-col gap-3">
        <StageBreadcrumb />
        {loaded ? <ImageGrid /> : <Notice title="Loading the session…">Its pictures are on their way.</Notice>}
        <FeedbackBar refine={refine} />
      </section>
    </div>
  );
}

/** For screen readers and the browser's list of tabs. */
function Title() {
  const prompt = useSessionStore(({ config }) => config.prompt);
  return <h1 className="sr-only">{cut(prompt, PROMPT_LENGTH) || "A session without a prompt"}</h1>;
}

/** Beside the pictures; on a small screen above them, folded once there are some. */
function Editor() {
  const [unfolded, setUnfolded] = useState<boolean | null>(null);
  const prompt = useSessionStore(({ config }) => config.prompt);
  const drawn = useGenerationStore(({ live }) => Object.keys(live.generations).length > 0);
  const shown = unfolded ?? !drawn;
  return (
    <aside className="grid gap-3 lg:sticky lg:top-28 lg:self-start">
      {drawn && (
        <Button
          look="quiet"
          className="min-w-0 justify-between! lg:hidden"
          aria-expanded={shown}
          aria-label="Prompt and settings"
          onClick={() => setUnfolded(!shown)}
        >
          <span dir="auto" className="truncate">
            {cut(prompt, PROMPT_LENGTH) || "Prompt and settings"}
          </span>
          <span aria-hidden>{shown ? "▴" : "▾"}</span>
        </Button>
      )}
      <div className={shown ? "" : "max-lg:hidden"}>
        <PromptEditor />
      </div>
    </aside>
  );
}
