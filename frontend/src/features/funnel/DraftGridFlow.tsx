import { useEffect } from "react";

import { Notice } from "@/components/Notice";
import { FeedbackBar } from "@/features/funnel/FeedbackBar";
import { ImageGrid } from "@/features/funnel/ImageGrid";
import { PromptEditor } from "@/features/funnel/PromptEditor";
import { StageBreadcrumb } from "@/features/funnel/StageBreadcrumb";
import { useStage } from "@/features/funnel/submission";
import { useFunnelKeys } from "@/features/funnel/useFunnelKeys";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

/** Drafts → refined → polished → final. */
export function DraftGridFlow() {
  useFunnelKeys();
  const loaded = useGenerationStore(({ live }) => live.session !== null || Object.keys(live.generations).length > 0);
  const marks = useGenerationStore((store) => store.marks);
  const stage = useStage();
  useEffect(() => useUiStore.getState().set({ focusedId: null }), [stage]);
  useEffect(() => {
    const { config, change } = useSessionStore.getState();
    if (config.marks !== marks && loaded) change({ marks });
  }, [marks, loaded]);
  return (
    <div className="mx-auto grid w-full max-w-[110rem] grow content-start gap-x-8 gap-y-4 px-4 pt-4 lg:grid-cols-[20rem_minmax(0,1fr)] lg:content-stretch">
      <aside className="lg:sticky lg:top-28 lg:self-start">
        <PromptEditor />
      </aside>
      <section aria-label="Pictures" className="flex min-h-[60dvh] flex-col gap-3">
        <StageBreadcrumb />
        {loaded ? <ImageGrid /> : <Notice title="Loading the session…">Its pictures are on their way.</Notice>}
        <FeedbackBar />
      </section>
    </div>
  );
}
