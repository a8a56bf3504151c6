/** What is dropped or pasted: files, pictures of the hub, addresses of strangers; and what becomes of uploads that are gone. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { pictureOf } from "@/actions/arriving/picturesOf";
import { artifactUrl, uploadAgain, uploadPicture } from "@/actions/uploads";
import { arrivalIn, cannotBeRead, type Arrival } from "@/lib/arriving/arrivals";
import { pastesWords, PICTURE_TYPES } from "@/lib/arriving/files";
import { redrawn } from "@/lib/arriving/redrawn";

import { generationId, makeGeneration } from "./factories";
import { JobHub } from "./jobHub";

const OWN = `http://hub.local:8001/api/images/s1/${generationId(7)}`;
const photo = (name = "photo.png", type = "image/png") => new File(["picture"], name, { type });

function held(given: Readonly<Record<string, string>>, files: readonly File[] = []): DataTransfer {
  const types = [...Object.keys(given), ...(files.length ? ["Files"] : [])];
  return { files, types, getData: (type: string) => given[type] ?? "" } as unknown as DataTransfer;
}

describe("what is dropped", () => {
  test.each([
    ["its address", { "text/uri-list": OWN }],
    ["its small picture's", { "text/uri-list": `# from a page\r\n${OWN}/thumb\r\n` }],
    ["one of several of its images", { "text/html": `<img src="${OWN}/2?ticket=x">` }],
    ["its address as words", { "text/plain": `${OWN}\n` }],
    [
      "a link around it",
      { "text/uri-list": "http://hub.local:8001/#/gallery", "text/html": `<a><img src="${OWN}"></a>` },
    ],
  ])("is a picture of the hub by %s, and not a copy of its file", (_, given) => {
    const arrival = arrivalIn(held(given, [photo()]));
    expect(arrival).toEqual({ kind: "picture", id: generationId(7), host: "hub.local:8001" });
  });

  test("is a file where there is one, whatever else an office program or a browser says of it", () => {
    const given = { "text/html": '<img src="file:///tmp/x.png">', "text/uri-list": "https://example.com/cat.png" };
    const arrival = arrivalIn(held(given, [photo()]));
    expect(arrival?.kind === "files" && arrival.files[0]?.name).toBe("photo.png");
  });

  test("is an address of strangers where nothing else came along, by any form of it", () => {
    const address = { kind: "address", host: "example.com" };
    for (const given of [
      { "text/uri-list": "https://example.com/a/cat" },
      { "text/html": '<meta charset="utf-8"><img src="https://example.com/cat">' },
      { "text/plain": "https://example.com/cat.webp?size=9" },
    ])
      expect(arrivalIn(held(given))).toEqual(address);
    expect(arrivalIn(held({ "text/uri-list": "file:///home/me/cat.png" }))).toEqual({
      ...address,
      host: "another program",
    });
  });

  test("is a picture that is written into the address itself", async () => {
    const arrival = arrivalIn(held({ "text/html": `<img src="data:image/gif;base64,${btoa("GIF89a")}">` }));
    const [file] = arrival?.kind === "files" ? arrival.files : [];
    expect([file?.type, await file?.text()]).toEqual(["image/gif", "GIF89a"]);
    for (const broken of ["data:image/png;base64,%%%", "data:text/html,x", "javascript:alert(1)"])
      // eslint-disable-line no-script-url -- it must be passed over
      expect(arrivalIn(held({ "text/uri-list": broken }))?.kind).not.toBe("files");
  });

  test("is nothing where words are", () => {
    for (const text of ["a lighthouse", "https://example.com/", "see https://example.com/cat.png", ""])
      expect(arrivalIn(held({ "text/plain": text }))).toBeNull();
    expect(arrivalIn(null)).toBeNull();
  });

  test("stays words where words are pasted into a field", () => {
    const field = document.createElement("textarea");
    const pasted = (types: string[], target: HTMLElement) =>
      pastesWords({ clipboardData: { types }, target } as unknown as ClipboardEvent);
    expect(pasted(["text/plain", "Files"], field)).toBe(true);
    expect(pasted(["Files"], field)).toBe(false);
    expect(pasted(["text/plain"], document.body)).toBe(false);
  });
});

let hub: JobHub;

beforeEach(() => {
  hub = new JobHub();
  vi.stubGlobal("fetch", hub.fetch);
  URL.createObjectURL = () => "blob:shown";
});
afterEach(() => vi.unstubAllGlobals());

const picture: Arrival = { kind: "picture", id: generationId(7), host: "hub.local:8001" };

describe("a picture that came by its address", () => {
  test("is named, not sent again", async () => {
    hub.pictures = [
      makeGeneration({ id: generationId(7), prompt: "a lighthouse", image_url: "/i", thumbnail_url: "/t" }),
    ];
    expect(await pictureOf(picture)).toMatchObject({
      reference: `generation:${generationId(7)}`,
      name: "a lighthouse",
      thumbnail: "/t",
    });
    expect(hub.calls("POST /api/artifacts")).toEqual([]);
  });

  test("of another hub, or of any other place, says what to do", async () => {
    await expect(pictureOf(picture)).rejects.toThrow(cannotBeRead("hub.local:8001"));
    await expect(pictureOf({ kind: "address", host: "example.com" })).rejects.toThrow(
      "That is an address at example.com, which this page may not read. Save the picture there and choose the file",
    );
    expect(hub.calls("POST /api/artifacts")).toEqual([]);
  });

  test("is none where it moves or was never drawn", async () => {
    for (const fields of [{ image_url: "/i", media_type: "video/mp4" } as const, { image_url: null }]) {
      hub.pictures = [makeGeneration({ id: generationId(7), ...fields })];
      await expect(pictureOf(picture)).rejects.toThrow("Only a still picture can be started from.");
    }
  });
});

describe("an upload", () => {
  test("is shown as the hub keeps it, since browsers turn some files otherwise, and sent again when it is gone", async () => {
    const id = await uploadPicture(photo());
    expect(await artifactUrl(id)).toBe("blob:shown");
    expect(hub.calls("GET /api/artifacts")).toHaveLength(1);
    hub.artifacts.clear();
    expect(await uploadAgain([id, id, "never-seen"])).toEqual(new Map([[id, id]]));
    expect(hub.calls("POST /api/artifacts")).toHaveLength(2);
    expect(await uploadAgain(["never-seen"])).toEqual(new Map());
  });

  test("that the hub has lost is brought back by a later page, unless it would be another one there", async () => {
    vi.resetModules(); // as a reload does
    const { Shelf } = await import("@/lib/kept/shelf");
    const kept = vi.spyOn(Shelf.prototype, "read").mockResolvedValue(photo("old.png"));
    const later = await import("@/actions/uploads");
    expect(await later.artifactUrl("oldpng7")).toBe("blob:shown");
    expect(hub.calls("POST /api/artifacts")).toHaveLength(1);
    expect(hub.calls("GET /api/artifacts")).toHaveLength(2);
    hub.named = "other";
    expect(await later.artifactUrl("gone")).toBeNull();
    kept.mockRestore();
  });

  test("that nobody has is told from one that is there", async () => {
    hub.artifacts.add("there");
    expect(await artifactUrl("there")).toBe("blob:shown");
    expect(await artifactUrl("gone")).toBeNull();
  });

  test("that is too large is refused before it is sent, with what to do", async () => {
    const large = photo("scan.tif", "image/tiff");
    Object.defineProperty(large, "size", { value: 33 * 1024 * 1024 });
    await expect(uploadPicture(large)).rejects.toThrow("scan.tif is larger than 32 MiB: save it smaller, or as JPEG.");
    expect(hub.asked).toEqual([]);
  });
});

describe("a kind that the hub does not read", () => {
  test("is drawn anew by a browser that can, and left to the hub's words by one that cannot", async () => {
    const heic = photo("IMG_1.HEIC", "");
    vi.stubGlobal("createImageBitmap", () => Promise.reject(new Error("not decoded")));
    expect(await redrawn(heic, 99)).toBe(heic);
    const close = vi.fn();
    vi.stubGlobal("createImageBitmap", () => Promise.resolve({ width: 3, height: 2, close }));
    const asked: string[] = [];
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
    vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation((done, type = "") => {
      asked.push(type);
      done(new Blob([type === "image/png" ? "x".repeat(200) : "small"], { type }));
    });
    const drawn = await redrawn(heic, 99);
    expect([asked, drawn.type, drawn.name]).toEqual([["image/png", "image/jpeg"], "image/jpeg", "IMG_1.HEIC"]);
    expect(close).toHaveBeenCalledOnce();
    const png = photo();
    expect(await redrawn(png, 99)).toBe(png);
    vi.restoreAllMocks();
  });

  test("is not asked for, so that phones send a JPEG instead", () => {
    expect(PICTURE_TYPES).not.toMatch(/heic|heif/);
  });
});
