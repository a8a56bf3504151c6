/** What is asked of the hub about a workflow before it is one: what is in it, a picture of it, and to keep it. */
import { post, WrittenJson } from "@/api/client";
import type { ImportPreview, ImportTrial } from "@/api/types";
import type { Corrections } from "@/features/importing/bindings";

export interface Words {
  name: string;
  /** Empty: told by the files that it loads. */
  family: string;
  corrections: Corrections;
}

export const preview = (content: string, words: Words): Promise<ImportPreview> =>
  asked<ImportPreview>("/api/workflows/import/preview", content, words);

export const test = (content: string, words: Words): Promise<ImportTrial> =>
  asked<ImportTrial>("/api/workflows/import/test", content, words);

export const save = (content: string, words: Words): Promise<unknown> => asked("/api/workflows/import", content, words);

/** The document goes as it is written. */
async function asked<Answer>(path: string, content: string, { name, family, corrections }: Words): Promise<Answer> {
  const given = Object.keys(corrections).length > 0;
  const fields = JSON.stringify({ name, ...(family && { family }), ...(given && { bindings: corrections }) });
  return post<Answer>(path, new WrittenJson(`${fields.slice(0, -1)},"graph":${content}}`));
}
