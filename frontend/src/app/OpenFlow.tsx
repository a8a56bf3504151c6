/** The studio's page: the start or, with a session, its flow; whatever was picked there goes on in the ordinary stages. */
import { lazy, Suspense } from "react";

import { Notice } from "@/components/Notice";
import { StudioPage } from "@/features/funnel/StudioPage";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

const ConceptFlow = lazy(() =>
  import("@/features/concept/ConceptFlow").then((module) => ({ default: module.ConceptFlow })),
);
const ExplorerFlow = lazy(() =>
  import("@/features/explorer/ExplorerFlow").then((module) => ({ default: module.ExplorerFlow })),
);
const RefineBar = lazy(() => import("@/features/refine/RefineBar").then((module) => ({ default: module.RefineBar })));

/** As high as the field that comes. */
const refine = (
  <Suspense fallback={<div className="h-11" />}>
    <RefineBar />
  </Suspense>
);

export function OpenFlow({ sessionId }: { sessionId: string | null }) {
  const told = useGenerationStore(({ live }) => (live.session?.id === sessionId ? live.session?.flow_type : null));
  const stage = useGenerationStore(({ live }) => (live.session?.id === sessionId ? live.session?.current_stage : 0));
  const made = useSessionStore((store) => (store.sessionId === sessionId ? store.madeFlow : null));
  const flow = told ?? made;
  if (!sessionId || flow === "draft_grid" || (flow && stage))
    return <StudioPage sessionId={sessionId} refine={refine} />;
  if (flow === "concept_builder") return <ConceptFlow />;
  if (flow === "explorer") return <ExplorerFlow />;
  return <Notice title="Loading the session…">Its pictures are on their way.</Notice>;
}
