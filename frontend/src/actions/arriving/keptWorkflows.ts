/** Workflow files that are not saved yet, kept by this browser with what was said of them. */
import { Shelf } from "@/lib/kept/shelf";

export interface KeptWorkflow {
  key: string;
  /** Of the file. */
  file: string;
  content: string;
  /** What the workflow is to be called. */
  name: string;
  /** Empty: told by the files that it loads. */
  family: string;
  /** By parameter: the input that takes it, or null. */
  corrections: Readonly<Record<string, string | null>>;
}

const MEGABYTE = 1024 * 1024;
const shelf = new Shelf<KeptWorkflow>("workflows", { most: 50, bytes: 64 * MEGABYTE }, ({ content }) => content.length);

export const keepWorkflow = async (workflow: KeptWorkflow): Promise<void> =>
  void (await shelf.update(workflow.key, () => workflow));

export const forgetWorkflow = async (key: string): Promise<void> => void (await shelf.update(key, () => null));

/** In the order in which they were brought. */
export const keptWorkflows = async (): Promise<readonly KeptWorkflow[]> =>
  (await shelf.all()).toSorted((one, other) => (one.key < other.key ? -1 : 1));
