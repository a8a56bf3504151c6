/** The studio's page: the start or, with a session, its flow; whatever was picked there goes on in the ordinary stages. */
import { Suspense, useEffect } from "react";

import { Notice } from "@/components/Notice";
import { StudioPage } from "@/features/funnel/StudioPage";
import { lazily } from "@/components/lazily";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

const ConceptFlow = lazily(() => import("@/features/concept/ConceptFlow").then((module) => module.ConceptFlow));
const ExplorerFlow = lazily(() => import("@/features/explorer/ExplorerFlow").then((module) => module.ExplorerFlow));
const refineBar = () => import("@/features/refine/RefineBar").then((module) => module.RefineBar);
const RefineBar = lazily(refineBar);

/** As high as the field that comes. */
const refine = (changing?: () => void) => (
  <Suspense fallback={<div className="h-11" />}>
    <RefineBar {...(changing && { changing })} />
  </Suspense>
);

export function OpenFlow({ sessionId }: { sessionId: string | null }) {
  const told = useGenerationStore(({ live }) => (live.session?.id === sessionId ? live.session?.flow_type : null));
  const stage = useGenerationStore(({ live }) => (live.session?.id === sessionId ? live.session?.current_stage : 0));
  const made = useSessionStore((store) => (store.sessionId === sessionId ? store.madeFlow : null));
  const flow = told ?? made;
  useEffect(() => {
    if (sessionId) refineBar().catch(() => undefined); // before the first pick, at which the hub may be away
  }, [sessionId]);
  if (!sessionId || flow === "draft_grid" || (flow && stage))
    return <StudioPage sessionId={sessionId} refine={refine()} />;
  if (flow === "concept_builder") return <ConceptFlow refine={refine} />;
  if (flow === "explorer") return <ExplorerFlow refine={refine()} />;
  return <Notice title="Loading the session…">Its pictures are on their way.</Notice>;
}
