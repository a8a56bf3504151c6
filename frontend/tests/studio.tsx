/** The studio's page with what lies over it and what keeps it live, before the hub that a test has started. */
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Suspense, useEffect } from "react";
import { toast, Toaster } from "sonner";
import { vi } from "vitest";

import { forgetWorkflow, keptWorkflows } from "@/actions/arriving/keptWorkflows";
import type { SessionDetail } from "@/api/types";
import { Anything } from "@/app/Anything";
import { OpenFlow } from "@/app/OpenFlow";
import { Overlays } from "@/app/Overlays";
import { ImportPage } from "@/features/importing/ImportPage";
import { useImportStore } from "@/features/importing/importStore";
import { useLiveSession } from "@/features/live/useLiveSession";
import { useRoute } from "@/lib/route";
import { useBroughtStore } from "@/stores/brought";
import { useGenerationStore } from "@/stores/generationStore";
import { useGpuStore } from "@/stores/gpuStore";
import { EMPTY_CONFIG, useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";

import { makeSession, SESSION_ID } from "./factories";
import { type FakeHub, startHub } from "./fakeHub";

const nothing = () => undefined;

function Studio() {
  const route = useRoute();
  const sessionId = route.page === "studio" ? route.sessionId : null;
  useLiveSession(sessionId, nothing);
  useEffect(() => {
    if (useSessionStore.getState().sessionId !== sessionId) useSessionStore.getState().open(sessionId);
    void useGpuStore.getState().refresh();
    void useSessionStore.getState().loadFlows();
  }, [sessionId]);
  return (
    <>
      <Suspense>{route.page === "import" ? <ImportPage /> : <OpenFlow sessionId={sessionId} />}</Suspense>
      <Overlays />
      <Anything />
      <Toaster />
    </>
  );
}

/** What a browser has and jsdom lacks; four tiles lie in a row. */
export function openBrowser(): FakeHub {
  Element.prototype.scrollIntoView = nothing;
  Element.prototype.setPointerCapture = nothing;
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = nothing;
      unobserve = nothing;
      disconnect = nothing;
    },
  );
  const style = document.createElement("style");
  style.textContent = "[data-grid] { display: grid; grid-template-columns: 9px 9px 9px 9px }";
  document.head.replaceChildren(style);
  return startHub();
}

/** After a test: nothing of it is left for the next one. */
export function closeBrowser(): void {
  useSessionStore.getState().open(null); // what waits to be saved is saved now
  localStorage.clear();
  sessionStorage.clear();
  useSessionStore.setState({ flows: null, config: EMPTY_CONFIG });
  useGenerationStore.getState().reset();
  useGpuStore.setState({ gpus: [], reachable: null });
  useUiStore.setState({ focusedId: null, viewedId: null, compared: null, drawerOpen: false });
  useBroughtStore.setState({ pictures: [], workflows: [], choosing: false });
  useImportStore.setState({ byKey: {}, shown: null });
  void keptWorkflows().then((kept) => kept.forEach(({ key }) => void forgetWorkflow(key)));
  toast.dismiss();
  history.replaceState(null, "", "#/");
  vi.unstubAllGlobals();
}

export const user = userEvent.setup({ delay: null });

export async function visit(): Promise<HTMLElement> {
  render(<Studio />);
  return screen.findByLabelText("What do you want to see?");
}

/** The page that the address names. */
export async function load(): Promise<void> {
  render(<Studio />);
  await screen.findByRole("region", { name: /^Notifications/ });
}

/** The page of a session that the hub has, its pictures shown. */
export async function visitSession(hub: FakeHub, fields: Partial<SessionDetail>): Promise<void> {
  visitFlow(hub, fields);
  await screen.findByLabelText(/^Picture 1,/);
  await screen.findByRole("button", { name: /^(Generate|Draw) \d/ });
}

/** The page of a session that the hub has, of any flow. */
export function visitFlow(hub: FakeHub, fields: Partial<SessionDetail>): void {
  const config = { preset: "classic", prompt: "a lighthouse in the fog", negative_prompt: "", stages: {}, marks: {} };
  hub.sessions.set(SESSION_ID, makeSession({ config, ...fields }));
  history.replaceState(null, "", `#/session/${SESSION_ID}`);
  render(<Studio />);
}

export const tile = (number: number): HTMLElement => screen.getByLabelText(new RegExp(`^Picture ${number},`));
export const tiles = (): HTMLElement[] => screen.getAllByLabelText(/^Picture \d+,/);
export const marks = () => useGenerationStore.getState().marks;
