/** A grid as files: one labelled picture, and what draws all of it again. */
import { toast } from "sonner";

import { download } from "@/api/client";
import { isMembers, type Members } from "@/lib/mergePatch";
import { saveFile } from "@/lib/saveFile";

/** A refusal is shown. */
export async function saveSheet(batchId: string, kind: "png" | "json"): Promise<void> {
  try {
    const sheet = await download("GET", `/api/batches/${encodeURIComponent(batchId)}/sheet.${kind}`);
    saveFile(sheet, `sheet-${batchId.slice(0, 8)}.${kind}`);
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}

const MOST_CHARACTERS = 1_000_000;

/** Reads a dropped sheet. Throws an Error whose message is a sentence. */
export async function readSheet(file: File): Promise<Members> {
  if (file.size > MOST_CHARACTERS) throw new Error(`${file.name} is too large for a sheet.`);
  let found: unknown;
  try {
    found = JSON.parse(await file.text());
  } catch {
    throw new Error(`${file.name} is not JSON.`);
  }
  if (!isMembers(found) || !(isMembers(found["axes"]) || Array.isArray(found["variations"])))
    throw new Error(`${file.name} is no sheet: it has neither axes nor variations.`);
  return found;
}

/** The file of a sheet among those that are dropped. */
export const sheetIn = (files: readonly File[]): File | undefined =>
  files.find(({ name, type }) => type === "application/json" || name.toLowerCase().endsWith(".json"));
