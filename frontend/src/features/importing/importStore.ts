/** Each brought workflow on its way to being saved: what the hub found in it, and what a person says about it. */
import { toast } from "sonner";
import { create } from "zustand";

import { HubProblem } from "@/api/client";
import type { ImportPreview, ImportTrial } from "@/api/types";
import { preview, save, test, type Words } from "@/features/importing/asking";
import { boundIn, corrected, namesFor, suggestedName, type Corrections } from "@/features/importing/bindings";
import { plural } from "@/lib/format";
import { go } from "@/lib/route";
import { useBroughtStore, type BroughtWorkflow } from "@/stores/brought";
import { useRecallStore } from "@/stores/recall";

export interface Importing extends Words {
  /** What was found with the corrections; null: not answered yet. */
  found: ImportPreview | null;
  /** Why the hub refuses it, as a sentence. */
  problem: string;
  asking: boolean;
  /** What the corrections were before, the last one at the end. */
  past: readonly Corrections[];
  /** The parameter for which an input is being chosen. */
  choosing: string | null;
  /** The picture of the last test. */
  tested: ImportTrial | null;
  testing: boolean;
  saving: boolean;
  saved: boolean;
}

const MOST_UNDO = 100;

const NEW = {
  ...{ family: "", corrections: {}, past: [], found: null, problem: "", asking: false, choosing: null },
  ...{ tested: null, testing: false, saving: false, saved: false },
} satisfies Partial<Importing>;

interface ImportStore {
  byKey: Readonly<Record<string, Importing>>;
  /** The one on the screen; null: the table of all. */
  shown: string | null;
}

export const useImportStore = create<ImportStore>()(() => ({ byKey: {}, shown: null }));

const newImport = (name: string): Importing => ({ ...NEW, name });

/** One that this browser has kept. */
export const keptImport = ({ name, family, corrections }: Words): Importing => ({ ...NEW, name, family, corrections });

export function change(key: string, fields: Partial<Importing>): void {
  useImportStore.setState(({ byKey }) => {
    const before = byKey[key];
    return before ? { byKey: { ...byKey, [key]: { ...before, ...fields } } } : {};
  });
}

const stateOf = (key: string): Importing | undefined => useImportStore.getState().byKey[key];
const contentOf = (key: string): string | undefined =>
  useBroughtStore.getState().workflows.find((each) => each.key === key)?.content;

/** Asks for all that are new. */
export function begin(workflows: readonly BroughtWorkflow[]): void {
  const { byKey } = useImportStore.getState();
  const fresh = workflows.filter(({ key }) => !byKey[key]);
  if (!fresh.length) return;
  const names = namesFor(
    fresh.map(({ name }) => suggestedName(name)),
    Object.values(byKey).map(({ name }) => name),
  );
  const added = Object.fromEntries(fresh.map(({ key }, index) => [key, newImport(names[index] ?? "")]));
  useImportStore.setState({
    byKey: { ...byKey, ...added },
    shown: fresh.length === 1 ? (fresh[0]?.key ?? null) : null,
  });
  lookAtAll(fresh.map(({ key }) => key));
}

export const lookAtAll = (keys: readonly string[]): void => void inTurn(keys.map((key) => () => look(key)));

/** One after another, since the hub reads one at a time. */
async function inTurn(steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) await step();
}

/** Asks the hub what is in it, with what was corrected so far. An answer that is late is not shown. */
export async function look(key: string): Promise<void> {
  const [asked, content] = [stateOf(key), contentOf(key)];
  if (!asked || content === undefined) return;
  change(key, { asking: true });
  const answer = await preview(content, asked).then(
    (found) => ({ found, problem: "" }),
    (error: unknown) => ({ problem: sentenceOf(error) }),
  );
  const now = stateOf(key);
  if (now?.corrections === asked.corrections && now.family === asked.family) change(key, { ...answer, asking: false });
}

/** Binds the parameter to this input, or to none; what stood there comes back by Undo. */
export function correct(key: string, parameter: string, bind: string | null): void {
  const before = stateOf(key);
  if (!before?.found) return;
  const corrections = corrected(boundIn(before.found, before.corrections), before.corrections, parameter, bind);
  setCorrections(key, corrections);
}

export function setCorrections(key: string, corrections: Corrections): void {
  const { past = [], corrections: before = {} } = stateOf(key) ?? {};
  change(key, { corrections, past: [...past, before].slice(-MOST_UNDO), choosing: null, tested: null });
  void look(key);
}

/** Takes the last correction back. */
export function undoCorrection(key: string): void {
  const past = stateOf(key)?.past ?? [];
  const corrections = past.at(-1);
  if (!corrections) return;
  change(key, { corrections, past: past.slice(0, -1), choosing: null, tested: null });
  void look(key);
}

export function setFamily(key: string, family: string): void {
  change(key, { family, tested: null });
  void look(key);
}

export async function runTest(key: string): Promise<void> {
  const [asked, content] = [stateOf(key), contentOf(key)];
  if (!asked || content === undefined || asked.testing) return;
  change(key, { testing: true, problem: "", tested: null });
  try {
    change(key, { tested: await test(content, asked) });
  } catch (error) {
    change(key, { problem: sentenceOf(error) });
  } finally {
    change(key, { testing: false });
  }
}

/** Answers whether it is saved. */
export async function keep(key: string): Promise<boolean> {
  const [asked, content] = [stateOf(key), contentOf(key)];
  if (!asked || content === undefined || asked.saving) return false;
  change(key, { saving: true, problem: "" });
  try {
    await save(content, asked);
    change(key, { saved: true });
    toast(`The workflow ${asked.name} is saved`, {
      action: { label: "Workbench", onClick: () => openInWorkbench(asked.name) },
    });
    return true;
  } catch (error) {
    change(key, { problem: sentenceOf(error) });
    return false;
  } finally {
    change(key, { saving: false });
  }
}

/** With the saved workflow's form, which would have to be sought among all others. */
export function openInWorkbench(workflow: string): void {
  useRecallStore.setState({ workflow });
  go({ page: "workbench" });
}

/** Takes it off the page. */
export function forget(key: string): void {
  useBroughtStore.getState().removeWorkflow(key);
  useImportStore.setState(({ byKey: { [key]: _, ...byKey }, shown }) => ({
    byKey,
    shown: shown === key ? null : shown,
  }));
}

/** Takes those off the page that are not saved, and tells so with a way back. */
export function discard(keys: readonly string[]): void {
  const { byKey, shown } = useImportStore.getState();
  const before = useBroughtStore.getState().workflows.filter(({ key }) => keys.includes(key));
  const states = Object.fromEntries(before.flatMap(({ key }) => (byKey[key] ? [[key, byKey[key]]] : [])));
  keys.forEach(forget);
  toast(
    before.length === 1 ? `${before[0]?.name} is discarded` : `${plural(before.length, "workflow")} are discarded`,
    {
      action: {
        label: "Undo",
        onClick: () => {
          useImportStore.setState((now) => ({ byKey: { ...now.byKey, ...states }, shown: now.shown ?? shown }));
          useBroughtStore.getState().putBack(before);
          go({ page: "import" });
        },
      },
    },
  );
}

const sentenceOf = (error: unknown): string =>
  error instanceof HubProblem || error instanceof Error ? error.message : String(error);
