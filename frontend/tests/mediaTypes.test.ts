// @vitest-environment node
import { describe, expect, it } from "vitest";
import { isVideo, kindOf, pictureOf, suffixOf } from "@/lib/mediaTypes";

const shown = (media_type: string | null) => ({ media_type, image_url: "/image", thumbnail_url: "/thumb" });

describe("what a generation's image is", () => {
  it.each([
    ["image/png", "png", undefined, "/image"],
    ["image/jpeg", "jpg", undefined, "/image"],
    ["image/webp", "webp", "WEBP", "/image"],
    ["image/gif", "gif", "GIF", "/image"],
    ["video/mp4", "mp4", "MP4", "/thumb"],
    ["video/webm", "webm", "WEBM", "/thumb"],
    [null, "png", undefined, "/image"],
  ])("%s is saved as .%s", (type, suffix, kind, picture) => {
    expect(suffixOf(shown(type))).toBe(suffix);
    expect(kindOf(shown(type))).toBe(kind);
    expect(pictureOf(shown(type))).toBe(picture);
    expect(isVideo(shown(type))).toBe(picture === "/thumb");
  });
});
