import { expect, test, vi } from "vitest";

import { dragOut } from "@/actions/dragOut";
import * as client from "@/api/client";
import { makeGeneration } from "./factories";

function dragged(fields: Parameters<typeof makeGeneration>[0]) {
  const data = new Map<string, string>();
  let refused = false;
  const dataTransfer = { effectAllowed: "none", setData: (type: string, value: string) => void data.set(type, value) };
  dragOut(
    { dataTransfer: dataTransfer as unknown as DataTransfer, preventDefault: () => void (refused = true) },
    makeGeneration(fields),
  );
  return { data, refused };
}

test("a dragged picture is its file as it was drawn, not the thumbnail that is seen", () => {
  const url = new URL("/api/images/s/g1", location.href).href;
  const { data } = dragged({
    image_url: "/api/images/s/g1",
    thumbnail_url: "/api/images/s/g1/thumb",
    media_type: "image/webp",
    seed: 4711,
    prompt: `"quoted" <b>`,
  });
  expect(data.get("DownloadURL")).toBe(`image/webp:vibes-4711.webp:${url}`);
  expect(data.get("text/uri-list")).toBe(url);
  const shown = new DOMParser().parseFromString(data.get("text/html") ?? "", "text/html").querySelector("img");
  expect([shown?.src, shown?.alt]).toEqual([url, `"quoted" <b>`]);
});

test("whoever fetches the file gets a ticket; whatever may become a text has its address alone", () => {
  const ticket = vi.spyOn(client, "withTicket").mockImplementation((url) => `${url}?ticket=secret`);
  const { data } = dragged({ image_url: "/api/images/s/g1", media_type: "image/png" });
  ticket.mockRestore();
  const url = new URL("/api/images/s/g1", location.href).href;
  expect(data.get("text/plain")).toBe(url);
  expect(data.get("text/uri-list")).toBe(url);
  expect(data.get("text/html")).not.toContain("secret");
  expect(data.get("DownloadURL")).toContain(`:${url}?ticket=secret`);
});

test("what has no picture yet is not dragged", () => {
  const { data, refused } = dragged({ status: "queued", image_url: null });
  expect([data.size, refused]).toEqual([0, true]);
});
