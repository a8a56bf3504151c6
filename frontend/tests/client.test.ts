import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { apiKey, get, HubProblem, postOnce } from "@/api/client";

const keyOf = (call: number) => new Headers(vi.mocked(fetch).mock.calls[call]?.[1]?.headers).get("Idempotency-Key");

describe("a submission", () => {
  beforeEach(
    () =>
      void vi.stubGlobal(
        "fetch",
        vi.fn(() => Promise.resolve(Response.json({}))),
      ),
  );

  it("whose answer was lost carries the same key when it is sent again", async () => {
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError("the connection ended"));
    await expect(postOnce("/api/generate/batch", { count: 20 })).rejects.toMatchObject({ status: 0, code: "hub_down" });
    await postOnce("/api/generate/batch", { count: 20 });
    expect(keyOf(1)).toBe(keyOf(0));
    expect(keyOf(0)).toMatch(/\d/);
  });

  it("that was answered, or says something else, is another one", async () => {
    await postOnce("/api/generate/batch", { count: 20 });
    await postOnce("/api/generate/batch", { count: 20 });
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError("the connection ended"));
    await expect(postOnce("/api/generate/batch", { count: 20 })).rejects.toThrow(HubProblem);
    await postOnce("/api/generate/batch", { count: 21 });
    expect(new Set([0, 1, 2, 3].map(keyOf)).size).toBe(4);
  });

  it("that was refused may be mended under a new key", async () => {
    vi.mocked(fetch).mockResolvedValueOnce(
      Response.json(
        { code: "invalid_parameters", detail: "no", errors: [{ field: "steps", message: "too few" }] },
        { status: 422 },
      ),
    );
    const refusal: unknown = await postOnce("/api/generate/batch", { count: 20 }).catch((error: unknown) => error);
    expect((refusal as HubProblem).about("steps")).toBe("too few");
    await postOnce("/api/generate/batch", { count: 20 });
    expect(keyOf(1)).not.toBe(keyOf(0));
  });
});

describe("an answer that nobody can read", () => {
  it("is a problem with its status", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>bad gateway</html>", { status: 502 })));
    await expect(get("/api/gpus")).rejects.toMatchObject({ status: 502, code: "error" });
    await expect(get("/api/gpus")).rejects.toThrow("does not reach the hub");
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>too large</html>", { status: 413 })));
    await expect(get("/api/artifacts")).rejects.toThrow("takes no file of this size");
  });
});

describe("below a path of a reverse proxy", () => {
  afterEach(() => {
    history.replaceState(null, "", "/");
    vi.resetModules();
  });

  it("requests, images, and the key that is kept are those of the hub that is shown there", async () => {
    history.replaceState(null, "", "/studio/#/gallery");
    vi.resetModules();
    const below = await import("@/api/client");
    vi.stubGlobal(
      "fetch",
      vi.fn(() => Promise.resolve(Response.json({}))),
    );
    below.apiKey.set("a key");
    await below.get("/api/gpus");
    expect(vi.mocked(fetch).mock.calls[0]?.[0]).toBe("/studio/api/gpus");
    expect(below.withTicket("/api/images/s/g")).toBe("/studio/api/images/s/g");
    expect(below.withTicket("ws://host/studio/ws/session/s")).toBe("ws://host/studio/ws/session/s");
    expect(apiKey.get()).toBe("");
    below.apiKey.forget();
  });
});
