import { useEffect } from "react";

import { Button } from "@/components/Button";
import { FileTable } from "@/features/importing/FileTable";
import { begin, useImportStore } from "@/features/importing/importStore";
import { keepImports } from "@/features/importing/keeping";
import { OneImport } from "@/features/importing/OneImport";
import { useBroughtStore } from "@/stores/brought";

/** Workflow files before they are saved: what was found in each, put right, tried, and kept under a name. */
export function ImportPage() {
  const workflows = useBroughtStore((store) => store.workflows);
  const { byKey, shown } = useImportStore();
  useEffect(keepImports, []);
  useEffect(() => begin(workflows), [workflows]);
  const workflow = workflows.find(({ key }) => key === shown) ?? (workflows.length === 1 ? workflows[0] : undefined);
  const state = workflow && byKey[workflow.key];
  return (
    <div className="mx-auto grid w-full max-w-[110rem] content-start gap-4 p-4">
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h1 className="text-xl font-semibold">Import a workflow</h1>
          <p className="text-sm text-soft">
            What was found in it is shown and can be put right. It becomes a workflow when you save it; until then this
            browser keeps it.
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {workflow && workflows.length > 1 && (
            <Button className="min-h-11" onClick={() => useImportStore.setState({ shown: null })}>
              All {workflows.length} files
            </Button>
          )}
          <Button className="min-h-11" onClick={() => useBroughtStore.getState().choose(true)}>
            {workflows.length ? "Open another" : "Choose a file"}
          </Button>
        </div>
      </header>
      {!workflows.length && <Nothing />}
      {workflow && state && <OneImport key={workflow.key} workflow={workflow} state={state} />}
      {!workflow && workflows.length > 1 && <FileTable workflows={workflows} byKey={byKey} />}
    </div>
  );
}

function Nothing() {
  return (
    <p className="rounded-2xl border border-dashed border-line p-8 text-center text-sm text-soft">
      Drop a ComfyUI workflow here – the file that ComfyUI saves, an export for its API, or a picture that has one in it
      –, or paste its text.
    </p>
  );
}
