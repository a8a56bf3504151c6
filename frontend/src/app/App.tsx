import { Suspense, useCallback, useEffect, useLayoutEffect, useState } from "react";
import { toast } from "sonner";

import { apiKey, get, renewTicket } from "@/api/client";
import type { Generation, GenerationList } from "@/api/types";
import { Announcer } from "@/app/Announcer";
import { Anything } from "@/app/Anything";
import { Header } from "@/app/Header";
import { Notices } from "@/app/Notices";
import { OpenFlow } from "@/app/OpenFlow";
import { Overlays } from "@/app/Overlays";
import { PageLinks } from "@/app/PageLinks";
import { useProgressSigns } from "@/app/useProgressSigns";
import { useTheme } from "@/app/useTheme";
import { KeyDialog } from "@/features/access/KeyDialog";
import { GPUStatusBar } from "@/features/fleet/GPUStatusBar";
import { ConnectionBanner } from "@/features/live/ConnectionBanner";
import { useLiveSession } from "@/features/live/useLiveSession";
import { Viewer } from "@/features/viewer/Viewer";
import { lazily } from "@/components/lazily";
import { go, routeOf, useRoute } from "@/lib/route";
import { useKeys } from "@/lib/useKeys";
import { useNarrow } from "@/lib/useMedia";
import { useGenerationStore } from "@/stores/generationStore";
import { POLL_MS, useGpuStore } from "@/stores/gpuStore";
import { sendConfig, useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

const DoctorPage = lazily(() => import("@/features/doctor/DoctorPage").then((module) => module.DoctorPage));
const FleetPage = lazily(() => import("@/features/fleet/FleetPage").then((module) => module.FleetPage));
const GalleryPage = lazily(() => import("@/features/gallery/GalleryPage").then((module) => module.GalleryPage));
const ImportPage = lazily(() => import("@/features/importing/ImportPage").then((module) => module.ImportPage));
const LlmPage = lazily(() => import("@/features/llm/LlmPage").then((module) => module.LlmPage));
const SessionsPage = lazily(() => import("@/features/sessions/SessionsPage").then((module) => module.SessionsPage));
const WorkbenchPage = lazily(() => import("@/features/workbench/WorkbenchPage").then((module) => module.WorkbenchPage));

export function App() {
  const route = useRoute();
  const theme = useTheme();
  const narrow = useNarrow();
  const keyNeeded = useGpuStore((store) => store.keyNeeded);
  const ready = useTicket();
  const sessionId = useOpenSession(route.page === "studio" ? route.sessionId : undefined);
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  useFleet();
  useLastWords();
  useStaying();
  useProgressSigns();
  const covered = useUiStore(({ viewedId, compared, keysShown }) => Boolean(viewedId || compared || keysShown));
  useKeys({ help: () => useUiStore.getState().set({ keysShown: true }) });
  useKeys({ workbench: () => go({ page: "workbench" }) }, !covered);
  if (keyNeeded) return <KeyDialog onDone={enter} />;
  if (!ready) return null;
  return (
    <div className="flex min-h-full flex-col">
      <Header page={route.page} sessionId={sessionId} narrow={narrow}>
        <GPUStatusBar />
        <ConnectionBanner />
      </Header>
      <main className="grid grow content-stretch">
        <Suspense fallback={<p className="p-8 text-center text-soft">Loading…</p>}>
          {route.page === "studio" && <OpenFlow sessionId={route.sessionId} />}
          {route.page === "workbench" && <Workbench />}
          {route.page === "gallery" && <Gallery boardId={route.boardId ?? ""} />}
          {route.page === "fleet" && <FleetPage nodeId={route.nodeId ?? ""} />}
          {route.page === "sessions" && <SessionsPage />}
          {route.page === "llm" && <LlmPage />}
          {route.page === "doctor" && <DoctorPage />}
          {route.page === "import" && <ImportPage />}
        </Suspense>
      </main>
      {narrow && (
        <PageLinks
          page={route.page}
          sessionId={sessionId}
          className="sticky bottom-0 z-20 flex h-(--pages) border-t border-line bg-bg p-1 pb-[max(0.25rem,env(safe-area-inset-bottom))]"
        />
      )}
      <Overlays />
      <Anything />
      <Announcer />
      <Notices theme={theme} />
    </div>
  );
}

function Workbench() {
  const [opened, setOpened] = useState<{ generation: Generation; all: readonly Generation[] } | null>(null);
  const open = async (sessionId: string, generationId: string) => {
    const path = `/api/generations?session_id=${encodeURIComponent(sessionId)}&status=complete&limit=${MOST_VIEWED}`;
    const found = await get<GenerationList>(path).catch((error: Error) => void toast.error(error.message));
    const all = found?.generations.toReversed() ?? []; // as they were drawn
    const generation = all.find((each) => each.id === generationId);
    if (generation) setOpened({ generation, all });
  };
  return (
    <>
      <WorkbenchPage onOpen={(sessionId, generationId) => void open(sessionId, generationId)} />
      {opened && <Viewer {...opened} culling={false} onClose={() => setOpened(null)} />}
    </>
  );
}

const MOST_VIEWED = 200;

function Gallery({ boardId }: { boardId: string }) {
  const [opened, setOpened] = useState<{ generation: Generation; all: readonly Generation[] } | null>(null);
  const [changed, setChanged] = useState<Generation | null>(null);
  useEffect(() => setOpened(null), [boardId]); // whoever opens another board wants to see it
  return (
    <>
      <GalleryPage boardId={boardId} changed={changed} onOpen={(generation, all) => setOpened({ generation, all })} />
      {opened && <Viewer {...opened} culling={false} onChange={setChanged} onClose={() => setOpened(null)} />}
    </>
  );
}

/** The session of the address stays open while other pages are looked at, so that its progress goes on being told. */
function useOpenSession(wanted: string | null | undefined): string | null {
  const [sessionId, setSessionId] = useState<string | null>(wanted ?? null);
  useEffect(() => {
    if (wanted === undefined) return;
    setSessionId(wanted);
    const { sessionId: open, open: show } = useSessionStore.getState();
    if (wanted !== open) show(wanted);
    if (wanted === null) useGenerationStore.getState().reset();
  }, [wanted]);
  const gone = useCallback(() => {
    setSessionId(null);
    if (routeOf(location.hash).page !== "studio") return; // it was deleted in the list of sessions
    toast.error("This session does not exist any more");
    go({ page: "studio", sessionId: null });
  }, []);
  useLiveSession(sessionId, gone);
  return sessionId;
}

/** What was written last is sent even by a page that is closed at once. */
function useLastWords(): void {
  useEffect(() => {
    window.addEventListener("pagehide", sendConfig);
    return () => window.removeEventListener("pagehide", sendConfig);
  }, []);
}

/** Where nobody takes a file that is dropped, the browser would open it in the place of the studio. */
function useStaying(): void {
  useEffect(() => {
    const stay = (event: DragEvent) => {
      const intoField = event.target instanceof HTMLInputElement && event.target.type === "file";
      if (event.defaultPrevented || intoField || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    };
    const heard = ["dragover", "drop"] as const; // after all others, which listen to the document
    for (const each of heard) window.addEventListener(each, stay);
    return () => heard.forEach((each) => window.removeEventListener(each, stay));
  }, []);
}

function useFleet(): void {
  useEffect(() => {
    const { refresh } = useGpuStore.getState();
    const { loadFlows } = useSessionStore.getState();
    const load = () => void Promise.all([renewTicket(), refresh(), loadFlows()]).catch(() => undefined);
    load();
    const timer = setInterval(() => {
      void refresh();
      if (!useSessionStore.getState().flows) load();
    }, POLL_MS);
    const tickets = setInterval(() => void renewTicket().catch(() => undefined), TICKET_MS);
    return () => {
      clearInterval(timer);
      clearInterval(tickets);
    };
  }, []);
}

/** Where the hub has a key, no image can be asked for before there is a ticket. */
function useTicket(): boolean {
  const [ready, setReady] = useState(!apiKey.get());
  useEffect(() => {
    if (!ready)
      void renewTicket()
        .catch(() => undefined)
        .then(() => setReady(true));
  }, [ready]);
  return ready;
}

/** A ticket lasts five minutes. */
const TICKET_MS = 200_000;

/** Whether the key was the right one. */
async function enter(): Promise<boolean> {
  const { refresh } = useGpuStore.getState();
  await refresh();
  const entered = !useGpuStore.getState().keyNeeded;
  if (entered) await useSessionStore.getState().loadFlows();
  else apiKey.forget();
  return entered;
}
