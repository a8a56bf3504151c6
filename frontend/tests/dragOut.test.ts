import { expect, test } from "vitest";

import { dragOut } from "@/actions/dragOut";
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

test("what has no picture yet is not dragged", () => {
  const { data, refused } = dragged({ status: "queued", image_url: null });
  expect([data.size, refused]).toEqual([0, true]);
});
