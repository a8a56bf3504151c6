/** The page is in the address's fragment, so that reload and back button work. */
import { useSyncExternalStore } from "react";

export type Route =
  | { page: "studio"; sessionId: string | null }
  | { page: "workbench" }
  /** `boardId`: only what is on that board. */
  | { page: "gallery"; boardId?: string | null }
  /** `nodeId`: only that machine. */
  | { page: "fleet"; nodeId?: string | null }
  | { page: "sessions" }
  /** Workflow files that were brought, before they are saved. */
  | { page: "import" }
  | { page: "llm" }
  | { page: "doctor" };

const PLAIN = ["workbench", "fleet", "sessions", "llm", "doctor", "import"] as const;

export function routeOf(hash: string): Route {
  const [page, id] = hash.replace(/^#\/?/, "").split("/");
  if (page === "gallery") return { page, boardId: id ? decoded(id) : null };
  if (page === "fleet" && id) return { page, nodeId: decoded(id) };
  const plain = PLAIN.find((each) => each === page);
  if (plain) return { page: plain };
  return { page: "studio", sessionId: page === "session" && id ? decoded(id) : null };
}

/** Null for text that is not properly encoded. */
function decoded(id: string): string | null {
  try {
    return decodeURIComponent(id);
  } catch {
    return null;
  }
}

export function hrefOf(route: Route): string {
  if (route.page === "studio") return route.sessionId ? `#/session/${encodeURIComponent(route.sessionId)}` : "#/";
  if (route.page === "gallery" && route.boardId) return `#/gallery/${encodeURIComponent(route.boardId)}`;
  if (route.page === "fleet" && route.nodeId) return `#/fleet/${encodeURIComponent(route.nodeId)}`;
  return `#/${route.page}`;
}

export function go(route: Route): void {
  location.hash = hrefOf(route);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export const useRoute = (): Route => routeOf(useSyncExternalStore(subscribe, () => location.hash));
