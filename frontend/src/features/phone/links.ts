/** Addresses under which another device reaches what is shown here. */
import type { HubAddresses } from "@/api/types";

export interface Links {
  urls: readonly string[];
  /** Why there is none, and what to do. */
  problem: string;
  /** What is typed then. */
  command?: string;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/;

/** A page that is not of this very computer has an address that works; else the hub's own addresses are taken. */
export function linksTo(
  fragment: string,
  page: Pick<Location, "origin" | "hostname" | "pathname">,
  told: HubAddresses,
): Links {
  const path = `${page.pathname}${fragment}`;
  if (!LOOPBACK.test(page.hostname)) return { urls: [`${page.origin}${path}`], problem: "" };
  if (told.urls.length) return { urls: told.urls.map((url) => `${url}${path}`), problem: "" };
  return told.loopback_only
    ? ONLY_HERE
    : { urls: [], problem: "This computer is in no network, as far as the hub can tell." };
}

const ONLY_HERE: Links = {
  urls: [],
  problem:
    "The hub listens on this computer alone, so nothing else can reach it. Start it so that your network reaches it, with a secret of your own of 16 characters or more:",
  command: "VIBES_API_KEY=… vibes serve --host 0.0.0.0",
};
