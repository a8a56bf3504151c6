/** What is dropped or pasted: files, a picture of this hub by its address, or an address that no page may read. */
import { filesIn } from "@/lib/arriving/files";
import { foldersIn } from "@/lib/arriving/folders";

export type Arrival =
  /** `folders`: those that were dropped beside the files, or alone. */
  | { kind: "files"; files: readonly File[]; folders?: readonly FileSystemDirectoryEntry[] }
  /** `id` of a generation, if the hub knows it; `host` of the address. */
  | { kind: "picture"; id: string; host: string }
  | { kind: "address"; host: string };

/** Null: nothing that could be a picture. A picture of the hub goes before its file, so that its origin is known. */
export function arrivalIn(data: DataTransfer | null): Arrival | null {
  if (!data) return null;
  const url = addressIn(data);
  const id = url && idIn(url);
  if (url && id) return { kind: "picture", id, host: url.host };
  const folders = foldersIn(data);
  const files = filesIn(data).filter(({ name }) => !folders.some((each) => each.name === name));
  if (folders.length) return { kind: "files", files, folders };
  if (files.length) return { kind: "files", files };
  if (!url) return null;
  const file = url.protocol === "data:" ? fileOf(url.href) : null;
  return file ? { kind: "files", files: [file] } : { kind: "address", host: url.host || "another program" };
}

/** What to do with an address, for a page may not read pictures of other places. */
export const cannotBeRead = (host: string): string =>
  `That is an address at ${host}, which this page may not read. ` +
  "Save the picture there and choose the file, or copy the picture itself and paste it.";

/** Of the picture in a piece of a page rather than of the link around it. */
function addressIn(data: DataTransfer): URL | null {
  const page = new DOMParser().parseFromString(data.getData("text/html"), "text/html"); // loads nothing
  const shown = page.querySelector("img")?.getAttribute("src");
  const listed = data.getData("text/uri-list").split(/\r?\n/);
  const alone = data.getData("text/plain").trim();
  const found = [shown, listed.find((line) => line && !line.startsWith("#")), namesPicture(alone) ? alone : null];
  return parsed(found.find((each) => each) ?? "");
}

/** Words that are pasted are no picture, even where they are an address of something else. */
const namesPicture = (text: string): boolean =>
  /^https?:\/\/\S+$/.test(text) && (PICTURE_NAME.test(text) || idIn(parsed(text)) !== null);

const PICTURE_NAME = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|heic)([?#]|$)/i;
const OF_A_GENERATION = /\/api\/images\/[^/]+\/([^/]+)(\/\d+)?(\/thumb)?$/;
const READ = new Set(["http:", "https:", "data:", "file:"]);

function parsed(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && READ.has(url.protocol) ? url : null;
}

/** The same hub may be reached under several names, so only its own answer tells whether it is its picture. */
const idIn = (url: URL | null): string | null => OF_A_GENERATION.exec(url?.pathname ?? "")?.[1] ?? null;

/** Null where it holds no picture in base64. */
function fileOf(uri: string): File | null {
  const [, type, encoded] = /^data:(image\/[\w.+-]+);base64,(.+)$/s.exec(uri) ?? [];
  if (!type || !encoded) return null;
  try {
    const bytes = Uint8Array.from(atob(decodeURIComponent(encoded)), (letter) => letter.charCodeAt(0));
    return new File([bytes], "picture", { type });
  } catch {
    return null;
  }
}
