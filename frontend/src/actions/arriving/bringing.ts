/** Whatever is dropped, pasted or chosen anywhere: a picture's recipe on a sheet, workflows on the import page. */
import { toast } from "sonner";

import { download, get, HubProblem, upload } from "@/api/client";
import type { Generation, Recipe } from "@/api/types";
import { cannotBeRead, type Arrival } from "@/lib/arriving/arrivals";
import { faultOfJson, isDocument, isJsonObject, withoutNumbersOfPython } from "@/lib/arriving/documents";
import { filesWithin } from "@/lib/arriving/folders";
import { plural } from "@/lib/format";
import { go } from "@/lib/route";
import type { Taker } from "@/stores/arriving";
import { useBroughtStore, type BroughtPicture } from "@/stores/brought";

/** As many pictures as a sheet lists, and as many files as a table does. */
const MOST_FILES = 50;
/** The hub reads no larger pictures. */
const MOST_BYTES = 32 * 1024 * 1024;
/** The hub keeps no larger workflows. */
const MOST_TEXT_BYTES = 4 * 1024 * 1024;
const AT_ONCE = 3;
const MOST_TOLD = 3;
const READING = "reading files";

/** Opens what has arrived. A single picture that tells nothing goes to the page's own place for pictures, if there is
 * one. What is wrong is shown. */
export async function bring(arrival: Arrival, place: Taker | null): Promise<void> {
  try {
    if (arrival.kind === "files" && arrival.folders?.length) await bringFolders(arrival.folders, arrival.files);
    else if (arrival.kind === "files") await bringFiles(arrival.files, place);
    else if (place) place(arrival);
    else if (arrival.kind === "address") throw new Error(cannotBeRead(arrival.host));
    else await bringFiles([await fileOf(arrival.id, arrival.host)], null);
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  } finally {
    toast.dismiss(READING);
  }
}

/** With the files that lie beside them. */
async function bringFolders(folders: readonly FileSystemDirectoryEntry[], beside: readonly File[]): Promise<void> {
  const told = folders.length === 1 ? (folders[0]?.name ?? "") : plural(folders.length, "folder");
  toast.loading(`Looking through ${told} …`, { id: READING });
  const { files, more } = await filesWithin(folders, MOST_FILES);
  if (!files.length && !beside.length) throw new Error(`There is no picture and no workflow in ${told}.`);
  if (more) toast(`Not all of ${told} is read: the first ${plural(files.length, "file")} of use, by name.`);
  await bringFiles([...beside, ...files], null);
}

async function bringFiles(all: readonly File[], place: Taker | null): Promise<void> {
  const given = all.slice(0, MOST_FILES);
  if (all.length > given.length) toast(`The first ${MOST_FILES} of ${all.length} files are read.`);
  const told = given.length === 1 ? (given[0]?.name ?? "") : plural(given.length, "file");
  toast.loading(`Reading ${told} …`, { id: READING });
  const sorted = await Promise.all(given.map(sortedOut));
  const problems = sorted.flatMap(({ problem }) => problem);
  if (problems.length) toast.error(few(problems).join(" "));
  const read = sorted.filter(({ problem }) => !problem.length);
  const workflows = read.flatMap(({ file, text }) => (text === null ? [] : [{ name: file.name, content: text }]));
  const others = read.flatMap(({ file, text }) => (text === null ? [file] : []));
  const pictures = await inTurn(others, pictureOf);
  const isSilent = pictures.every(({ file, recipe }) => !recipe && !isDocument(file));
  if (pictures.length && isSilent && place && !workflows.length) place({ kind: "files", files: others });
  else if (pictures.length) useBroughtStore.getState().show(pictures);
  if (!workflows.length) return;
  useBroughtStore.getState().addWorkflows(workflows);
  go({ page: "import" });
}

/** Opens the import page with what a picture has in it. */
export function bringWorkflow(name: string, content: string): void {
  useBroughtStore.getState().addWorkflows([{ name, content }]);
  go({ page: "import" });
}

interface Sorted {
  file: File;
  /** Of a workflow; null: it is none. */
  text: string | null;
  /** Why nothing can be done with it, at most one sentence: one bad file keeps no other from being opened. */
  problem: readonly string[];
}

async function sortedOut(file: File): Promise<Sorted> {
  try {
    return { file, text: await workflowIn(file), problem: [] };
  } catch (error) {
    return { file, text: null, problem: [error instanceof Error ? error.message : String(error)] };
  }
}

/** Null: the file is no JSON, whatever it is called. */
async function workflowIn(file: File): Promise<string | null> {
  await readable(file);
  if (!isDocument(file)) return null;
  if (file.size > MOST_TEXT_BYTES) throw new Error(`${file.name} is larger than 4 MiB: is it really a workflow?`);
  const text = withoutNumbersOfPython(await file.text());
  if (isJsonObject(text)) return text;
  if (/\.json$/i.test(file.name)) throw new Error(`${file.name} ${faultOfJson(text)}`.replace(/[^.?]$/, "$&."));
  return null;
}

/** Browsers hand a folder over as a file without content, and a file that is gone by now as if it were there. */
async function readable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).text();
  } catch {
    throw new Error(`${file.name} cannot be read: of a folder, take the files that are in it.`);
  }
}

const few = (sentences: readonly string[]): readonly string[] =>
  sentences.length > MOST_TOLD
    ? [...sentences.slice(0, MOST_TOLD), `${plural(sentences.length - MOST_TOLD, "more file")} cannot be used.`]
    : sentences;

async function pictureOf(file: File): Promise<BroughtPicture> {
  if (file.size > MOST_BYTES) return { file, recipe: null, problem: `${file.name} is larger than 32 MiB.` };
  try {
    return { file, recipe: await upload<Recipe>("/api/recipes", file, file.name), problem: "" };
  } catch (error) {
    if (error instanceof HubProblem && error.code === "hub_down") throw error;
    return { file, recipe: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A picture of the hub, dragged from another window. */
async function fileOf(id: string, host: string): Promise<File> {
  try {
    const { image_url: url, media_type: type } = await get<Generation>(`/api/generations/${encodeURIComponent(id)}`);
    if (!url) throw new Error("This picture is not drawn yet.");
    const content = await download("GET", url);
    return new File([content], `${id}.${(type ?? content.type).split("/")[1] ?? "png"}`, { type: content.type });
  } catch (error) {
    if (error instanceof HubProblem && error.status === 404) throw new Error(cannotBeRead(host), { cause: error });
    throw error;
  }
}

/** So many at once, in the order in which they were given. */
async function inTurn<Given, Answer>(
  given: readonly Given[],
  ask: (each: Given) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const left = [...given.entries()];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) answers[next[0]] = await ask(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}
