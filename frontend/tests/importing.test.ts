/** A module does nothing when it is imported: whoever wants a listener, a timer or a request has to call for it. */
import { afterEach, expect, test, vi } from "vitest";

const noted: string[] = [];

vi.mock("zustand", async (importOriginal) => {
  const { create } = await importOriginal<typeof import("zustand")>();
  const watched = (...args: Parameters<ReturnType<typeof create>>) => {
    const store = create()(...args);
    const { subscribe } = store;
    store.subscribe = (listener) => {
      noted.push("a store is subscribed to");
      return subscribe(listener);
    };
    return store;
  };
  return { create: () => watched };
});

const MODULES = import.meta.glob(["../src/**/*.{ts,tsx}", "!../src/app/main.tsx", "!../src/docs/main.ts"]);

afterEach(() => vi.restoreAllMocks());

/** What a page can begin that goes on by itself. */
function watch(): void {
  const note = (target: object, ...methods: string[]) => {
    for (const method of methods)
      vi.spyOn(target as Record<string, () => unknown>, method).mockImplementation(() => void noted.push(method));
  };
  note(EventTarget.prototype, "addEventListener");
  note(window, "addEventListener", "setTimeout", "setInterval", "requestAnimationFrame", "fetch");
  note(document, "addEventListener");
  note(Storage.prototype, "setItem", "removeItem");
  note(globalThis as object, "WebSocket", "MutationObserver", "ResizeObserver");
}

test("every module but the pages' first ones can be imported without anything being begun", async () => {
  const paths = Object.keys(MODULES);
  expect(paths.length).toBeGreaterThan(100);
  // other people's modules may begin something: they are there before anybody looks
  await Promise.all(
    ["sonner", "radix-ui", "react-compare-slider", "react-hotkeys-hook", "@tanstack/react-virtual"].map(
      (each) => import(/* @vite-ignore */ each),
    ),
  );
  watch();
  for (const path of paths) {
    await MODULES[path]?.();
    expect(noted, path).toEqual([]);
  }
});
