/** Boards of more pictures than the hub takes at once. */
import { afterEach, expect, test, vi } from "vitest";

import { addTo, move } from "@/actions/boards/boards";
import type { Board } from "@/api/types";

afterEach(() => vi.unstubAllGlobals());

test("thousands of pictures are put onto a board and moved in parts, in their order", async () => {
  const sent: { path: string; body: { ids: string[]; before?: string | null } }[] = [];
  vi.stubGlobal("fetch", (path: string, { body }: RequestInit) => {
    sent.push({ path, body: JSON.parse(String(body)) });
    const { ids } = sent.at(-1)!.body;
    if (ids.length > 1000) return Promise.resolve(Response.json({ detail: "too many" }, { status: 422 }));
    if (path.endsWith("/move")) return Promise.resolve(new Response(null, { status: 204 }));
    return Promise.resolve(Response.json({ changed: ids.length }));
  });
  const ids = Array.from({ length: 2300 }, (_, index) => `g${index}`);
  const board = { id: "b", name: "Best" } as Board;
  await addTo(board, ids);
  await move(board, ids, "other");
  const moved = sent.filter(({ path }) => path === "/api/boards/b/pictures/move");
  expect(moved.map(({ body }) => body.ids.length)).toEqual([1000, 1000, 300]);
  expect(moved.flatMap(({ body }) => body.ids)).toEqual(ids);
  expect(
    moved.every(({ body }) => body.before === "other"),
    "each part follows the one before",
  ).toBe(true);
  expect(sent.flatMap(({ path, body }) => (path.endsWith("/pictures") ? body.ids : []))).toEqual(ids);
});
