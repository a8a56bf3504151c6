import { useDeferredValue, useMemo, useState } from "react";

import type { Gpu } from "@/api/types";
import { Button } from "@/components/Button";
import { modelName, plural } from "@/lib/format";
import { useGpuStore } from "@/stores/gpuStore";

import { FOLDERS, matching, modelRows, type ModelRow, type Unasked } from "./models";
import { useModels } from "./useModels";

const ROWS_A_TIME = 200;

/** A table of model files and nodes, which shows what each node lacks. */
export function ModelMatrix() {
  const gpus = useGpuStore((state) => state.gpus);
  const { models, unasked, askAgain } = useModels(gpus);
  const [text, setText] = useState("");
  const [missingOnly, setMissingOnly] = useState(false);
  const sought = useDeferredValue(text);
  const all = useMemo(() => modelRows(models ?? []), [models]);
  const nodes = gpus.filter((gpu) => models?.some((each) => each.id === gpu.id));
  const rows = useMemo(
    () => matching(all, sought, missingOnly, nodes.length),
    [all, sought, missingOnly, nodes.length],
  );
  return (
    <section aria-label="Models" className="grid min-w-0 gap-4 rounded-2xl border border-line bg-panel p-5">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="text-lg font-semibold">Models on each node</h2>
        <Button look="quiet" className="ml-auto" onClick={askAgain} aria-label="Ask the nodes for their models again">
          Ask again
        </Button>
      </div>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
        <input
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-label="Filter models by name"
          placeholder="Filter by name"
          className="field max-w-xs"
        />
        <label className="flex min-h-9 items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={missingOnly}
            onChange={(event) => setMissingOnly(event.target.checked)}
            className="size-4 accent-accent"
          />
          Only what some node lacks
        </label>
        <p role="status" className="text-xs text-soft">
          {models ? plural(rows.length, "file") : "Asking the nodes …"}
        </p>
      </div>
      <NotAsked unasked={unasked} />
      {models &&
        (rows.length ? (
          <Table key={`${sought} ${missingOnly}`} rows={rows} nodes={nodes} />
        ) : (
          <Nothing some={all.length > 0} />
        ))}
    </section>
  );
}

function NotAsked({ unasked }: { unasked: readonly Unasked[] }) {
  if (unasked.length === 0) return null;
  return (
    <ul className="grid gap-1 text-sm">
      {unasked.map(({ gpu, why }) => (
        <li key={gpu.id}>
          <span className="text-warm">{gpu.name} could not be asked.</span> <span className="text-soft">{why}</span>
        </li>
      ))}
    </ul>
  );
}

function Nothing({ some }: { some: boolean }) {
  return (
    <p className="text-sm text-soft">
      {some ? "No file fits that." : "No node has told of any checkpoint or LoRA yet."}
    </p>
  );
}

function Table({ rows, nodes }: { rows: readonly ModelRow[]; nodes: readonly Gpu[] }) {
  const [most, setMost] = useState(ROWS_A_TIME);
  const shown = rows.slice(0, most);
  const folders = [...new Set(shown.map((row) => row.folder))];
  return (
    <>
      <div
        role="region"
        aria-label="Models on each node, a table"
        tabIndex={0}
        className="relative max-h-[70dvh] overflow-auto rounded-xl border border-line"
      >
        <table className="w-full border-separate border-spacing-0 text-sm">
          <thead>
            <tr>
              <th
                scope="col"
                className="sticky top-0 left-0 z-20 border-b border-line bg-raised px-3 py-2 text-left font-medium"
              >
                File
              </th>
              {nodes.map((gpu) => (
                <th
                  key={gpu.id}
                  scope="col"
                  className="sticky top-0 z-10 border-b border-line bg-raised px-3 py-2 font-medium whitespace-nowrap"
                >
                  {gpu.name}
                </th>
              ))}
            </tr>
          </thead>
          {folders.map((folder) => (
            <Folder key={folder} folder={folder} rows={shown.filter((row) => row.folder === folder)} nodes={nodes} />
          ))}
        </table>
      </div>
      {rows.length > most && (
        <Button look="quiet" onClick={() => setMost(most + ROWS_A_TIME)}>
          Show {Math.min(ROWS_A_TIME, rows.length - most)} more of {rows.length}
        </Button>
      )}
    </>
  );
}

function Folder({ folder, rows, nodes }: { folder: string; rows: readonly ModelRow[]; nodes: readonly Gpu[] }) {
  return (
    <tbody>
      <tr>
        <th
          scope="rowgroup"
          colSpan={nodes.length + 1}
          className="px-3 pt-4 pb-1 text-left text-xs font-medium text-soft"
        >
          <span className="sticky left-3">{FOLDERS[folder]}</span>
        </th>
      </tr>
      {rows.map(({ file, on }) => (
        <tr key={file}>
          <th
            scope="row"
            title={file}
            className="sticky left-0 min-w-36 max-w-44 bg-panel px-3 py-1.5 text-left font-normal sm:max-w-sm"
          >
            {modelName(file)}
          </th>
          {nodes.map((gpu) => (
            <td key={gpu.id} className="px-3 py-1.5 text-center">
              {on.has(gpu.id) ? <There /> : <span className="text-xs text-warm">missing</span>}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

function There() {
  return (
    <span className="text-good">
      <span aria-hidden>✓</span>
      <span className="sr-only">there</span>
    </span>
  );
}
