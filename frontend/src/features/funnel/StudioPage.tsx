import type { ReactNode } from "react";

import { DraftGridFlow } from "@/features/funnel/DraftGridFlow";
import { FlowSelector } from "@/features/funnel/settings/FlowSelector";
import { PromptEditor } from "@/features/funnel/PromptEditor";
import { SettingsDrawer } from "@/features/funnel/settings/SettingsDrawer";
import { useUiStore } from "@/stores/uiStore";

interface Props {
  sessionId: string | null;
  /** Beside the picks: what should change in the next pictures. */
  refine: ReactNode;
}

/** The prompt field first; with a session its funnel. */
export function StudioPage({ sessionId, refine }: Props) {
  const drawerOpen = useUiStore((store) => store.drawerOpen);
  return (
    <>
      {sessionId ? (
        <DraftGridFlow refine={refine} />
      ) : (
        <div className="mx-auto grid w-full max-w-3xl content-start gap-6 px-4 py-8 sm:py-16">
          <h1 className="text-3xl font-semibold tracking-tight">From a sentence to the one good picture</h1>
          <PromptEditor large />
          <FlowSelector />
        </div>
      )}
      {drawerOpen && <SettingsDrawer />}
    </>
  );
}
