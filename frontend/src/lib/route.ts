/** The page is in the address's fragment, so that reload and back button work. */
import { useSyncExternalStore } from "react";

export type Route =
  | { page: "studio"; sessionId: string | null }
  | { page: "workbench" }
  | { page: "gallery" }
  | { page: "fleet" }
  | { page: "sessions" }
  | { page: "llm" };

const PLAIN = ["workbench", "gallery", "fleet", "sessions", "llm"] as const;

export function routeOf(hash: string): Route {
  const [page, id] = hash.replace(/^#\/?/, "").split("/");
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

export const hrefOf = (route: Route): string =>
  route.page === "studio"
    ? route.sessionId
      ? `#/session/${encodeURIComponent(route.sessionId)}`
      : "#/"
    : `#/${route.page}`;

export function go(route: Route): void {
  location.hash = hrefOf(route);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export const useRoute = (): Route => routeOf(useSyncExternalStore(subscribe, () => location.hash));
