/** What is on the import page stays over a reload, until it is saved or discarded. */
import { forgetWorkflow, keepWorkflow, keptWorkflows, type KeptWorkflow } from "@/actions/arriving/keptWorkflows";
import { keptImport, lookAtAll, useImportStore, type Importing } from "@/features/importing/importStore";
import { useBroughtStore, type BroughtWorkflow } from "@/stores/brought";

const PAUSE_MS = 400;
/** The one on the screen, of this window alone. */
const SHOWN = "vibes-import-shown";
/** What was said last and not written yet, of this window alone. */
const WORDS = "vibes-import-words";

/** Puts back what was kept, and keeps each change a moment later, until the function that it answers is called. */
export function keepImports(): () => void {
  void putBack();
  const changed = new Set(
    Object.entries(useImportStore.getState().byKey).flatMap(([key, { saved }]) => (saved ? [] : key)),
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const key of changed) {
      const kept = keptOf(key);
      if (kept) void keepWorkflow(kept);
    }
    changed.clear();
  };
  const stop = useImportStore.subscribe(({ byKey, shown }, before) => {
    if (shown !== before.shown) noteShown(shown);
    for (const key of new Set([...Object.keys(byKey), ...Object.keys(before.byKey)])) {
      const [now, then] = [byKey[key], before.byKey[key]];
      if (!now || now.saved) {
        changed.delete(key);
        if (then && !then.saved) void forgetWorkflow(key);
      } else if (isOther(now, then)) changed.add(key);
    }
    if (changed.size) timer ??= setTimeout(write, PAUSE_MS);
  });
  const leave = () => {
    noteWords([...changed]);
    write();
  };
  window.addEventListener("pagehide", leave);
  return () => {
    stop();
    window.removeEventListener("pagehide", leave);
    write();
  };
}

const isOther = (now: Importing, then: Importing | undefined): boolean =>
  now.name !== then?.name || now.family !== then.family || now.corrections !== then.corrections;

function keptOf(key: string): KeptWorkflow | null {
  const state = useImportStore.getState().byKey[key];
  const workflow = useBroughtStore.getState().workflows.find((each) => each.key === key);
  if (!state || !workflow) return null;
  const { name, family, corrections } = state;
  return { key, file: workflow.name, content: workflow.content, name, family, corrections };
}

async function putBack(): Promise<void> {
  const words = notedWords();
  const kept = (await keptWorkflows()).map((each) => ({ ...each, ...words[each.key] }));
  const { byKey, shown } = useImportStore.getState();
  const missing = kept.filter(({ key }) => !byKey[key]);
  if (!missing.length) return;
  const added = Object.fromEntries(missing.map((each) => [each.key, keptImport(each)]));
  const before = missing.find(({ key }) => key === sessionStorage.getItem(SHOWN))?.key ?? null;
  useImportStore.setState((now) => ({ byKey: { ...added, ...now.byKey }, shown: shown ?? before }));
  useBroughtStore.getState().putBack(missing.map(asBrought));
  lookAtAll(missing.map(({ key }) => key));
}

const asBrought = ({ key, file, content }: KeptWorkflow): BroughtWorkflow => ({ key, name: file, content });

type Words = Readonly<Record<string, Pick<KeptWorkflow, "name" | "family" | "corrections">>>;

/** A page that is left has no time for the browser's database. */
function noteWords(keys: readonly string[]): void {
  const { byKey } = useImportStore.getState();
  const words = keys.flatMap((key) => {
    const { name, family, corrections } = byKey[key] ?? {};
    return name === undefined ? [] : [[key, { name, family, corrections }]];
  });
  try {
    if (words.length) sessionStorage.setItem(WORDS, JSON.stringify(Object.fromEntries(words)));
  } catch {
    // this browser stores nothing for the page
  }
}

/** What was said last before a reload. */
function notedWords(): Words {
  try {
    const words = sessionStorage.getItem(WORDS);
    sessionStorage.removeItem(WORDS);
    return JSON.parse(words ?? "{}") as Words;
  } catch {
    return {};
  }
}

function noteShown(shown: string | null): void {
  try {
    if (shown) sessionStorage.setItem(SHOWN, shown);
    else sessionStorage.removeItem(SHOWN);
  } catch {
    // this browser stores nothing for the page: it begins with the table
  }
}
