import { useEffect, useRef, type ReactNode } from "react";

import { useKeptMarks } from "@/actions/useKeptMarks";
import { LaidOver } from "@/actions/wording/LaidOver";
import { Notice } from "@/components/Notice";
import { AxesView } from "@/features/explorer/axes/AxesView";
import { BetweenView } from "@/features/explorer/between/BetweenView";
import { look } from "@/features/explorer/map/moves";
import { MapView } from "@/features/explorer/map/MapView";
import { PicksBar } from "@/features/explorer/PicksBar";
import { useFetched, usePicture } from "@/features/explorer/pictures";
import { StartScreen } from "@/features/explorer/StartScreen";
import { centreOf, type ExplorerState, type View } from "@/features/explorer/state";
import { changeExplorer, useExplorer, useMarkSteps } from "@/features/explorer/useExplorer";
import { followWords } from "@/features/explorer/words";
import { useExplorerKeys } from "@/features/explorer/useExplorerKeys";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

const VIEWS: readonly { id: View; name: string }[] = [
  { id: "map", name: "Map" },
  { id: "axes", name: "Axes" },
  { id: "between", name: "Between" },
];

/** Pictures beside pictures: a map to wander on, a grid of two things that differ, and the way between two. */
export function ExplorerFlow({ refine }: { refine: ReactNode }) {
  useExplorerKeys();
  useMarkSteps();
  const loaded = useKeptMarks();
  const kept = useSessionStore(({ sessionId, loadedId }) => sessionId !== null && sessionId === loadedId);
  const state = useExplorer();
  useFetched(state.trail);
  useFollowedWords(centreOf(state));
  if (!loaded && !kept) return <Notice title="Loading the session…">Its pictures are on their way.</Notice>;
  return (
    <div className="flex grow flex-col">
      <header className="flex flex-wrap items-center gap-x-3 px-4 pt-2 max-sm:gap-x-1">
        <h1 className="text-lg font-semibold max-sm:sr-only">Explorer</h1>
        <Tabs chosen={state.view} />
        <LaidOver wildcards={isOfPrompt(state)} />
      </header>
      <Shown state={state} />
      <PicksBar refine={refine} centre={state.view === "map" ? centreOf(state) : null} />
    </div>
  );
}

/** Whether what is asked for next is drawn from the prompt, not from pictures. */
const isOfPrompt = (state: ExplorerState): boolean => !centreOf(state) || (state.view === "axes" && !state.ofPicture);

function Tabs({ chosen }: { chosen: View }) {
  return (
    <nav aria-label="Views" className="flex gap-1">
      {VIEWS.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          aria-current={id === chosen ? "page" : undefined}
          className="rounded-lg px-2.5 py-1.5 text-sm text-soft hover:text-text aria-[current=page]:bg-raised aria-[current=page]:text-text"
          onClick={() => changeExplorer({ view: id }, true)}
        >
          {name}
        </button>
      ))}
    </nav>
  );
}

function Shown({ state }: { state: ExplorerState }) {
  const centre = centreOf(state);
  useFirstLook(state);
  if (state.view === "axes") return <AxesView state={state} />;
  if (state.view === "between") return <BetweenView state={state} />;
  if (!centre) return <StartScreen />;
  return <MapView state={state} centre={centre} />;
}

/** What is asked for next has the words of the picture in the middle. */
function useFollowedWords(centre: string | null): void {
  const before = useRef(centre);
  useEffect(() => {
    followWords(before.current, centre);
    before.current = centre;
  }, [centre]);
}

/** Who came here from a picture wants to see what lies around it. */
function useFirstLook({ trail, direction }: ExplorerState): void {
  const [start] = trail;
  const first = useSessionStore(({ config }) => config.explorer?.["trail"] === undefined);
  const picture = usePicture(start ?? null);
  const open = useGenerationStore(({ live }) => live.session !== null);
  const there = picture !== undefined && picture !== "gone";
  useEffect(() => {
    if (!first || !open || !start || !there) return;
    changeExplorer({ trail: [start] }, true);
    look(start, direction);
  }, [first, open, start, there, direction]);
}
