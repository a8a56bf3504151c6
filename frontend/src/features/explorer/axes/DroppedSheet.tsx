import { useEffect, useState } from "react";
import { toast } from "sonner";

import { EstimateLine } from "@/actions/estimate/EstimateLine";
import { useEstimate } from "@/actions/estimate/useEstimate";
import { allowed } from "@/actions/batchRequest";
import { Button } from "@/components/Button";
import { isCovered } from "@/components/useArrivingPictures";
import { VARIATIONS } from "@/features/explorer/axes/gridRequest";
import { readSheet, sheetIn } from "@/features/explorer/axes/sheets";
import { submitPictures } from "@/features/explorer/submit";
import { changeExplorer } from "@/features/explorer/useExplorer";
import { filesIn } from "@/lib/arriving/files";
import type { Members } from "@/lib/mergePatch";
import { useArrivingStore } from "@/stores/arriving";
import { useSessionStore } from "@/stores/sessionStore";

/** The JSON of a sheet that is dropped or chosen; it is drawn when somebody says so. */
export function DroppedSheet() {
  const [sheet, setSheet] = useState<{ name: string; body: Members } | null>(null);
  const take = (file: File) =>
    void readSheet(file).then(
      (body) => setSheet({ name: file.name, body }),
      (error: Error) => toast.error(error.message),
    );
  useDropped((file) => {
    const { anywhere } = useArrivingStore.getState();
    if (!anywhere) return take(file);
    readSheet(file).then(
      (body) => setSheet({ name: file.name, body }),
      () => anywhere({ kind: "files", files: [file] }, null), // a workflow, perhaps
    );
  });
  if (sheet) return <Again {...sheet} onDone={() => setSheet(null)} />;
  return (
    <label className="inline-flex min-h-9 cursor-pointer items-center justify-self-start rounded-lg border border-dashed border-line px-3 text-sm text-soft hover:text-text has-focus-visible:outline-2">
      Draw a sheet again
      <input
        type="file"
        accept=".json,application/json"
        className="sr-only"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) take(file);
          target.value = ""; // so that the same file can be chosen again
        }}
      />
    </label>
  );
}

function Again({ name, body, onDone }: { name: string; body: Members; onDone: () => void }) {
  const sessionId = useSessionStore((store) => store.sessionId);
  const { max_cost_usd: _, explored_from: __, ...asked } = body;
  const request = { ...asked, session_id: sessionId, stage: 0, ...allowed() };
  const answer = useEstimate(request, `${VARIATIONS}/estimate`);
  const draw = async () => {
    const batch = await submitPictures(VARIATIONS, request);
    if (!batch) return;
    changeExplorer({ grid: batch.batch_id });
    onDone();
  };
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-xl border border-accent bg-panel p-3">
      <p className="font-medium">{name}</p>
      <Button look="primary" disabled={Boolean(answer?.problem)} onClick={() => void draw()}>
        Draw it again
      </Button>
      <Button look="quiet" onClick={onDone}>
        Leave it
      </Button>
      <EstimateLine answer={answer} />
    </div>
  );
}

/** A sheet that is dropped alone anywhere on the page; all else is left to others. */
function useDropped(take: (file: File) => void): void {
  useEffect(() => {
    const drop = (event: DragEvent) => {
      const files = filesIn(event.dataTransfer);
      const file = files.length === 1 ? sheetIn(files) : undefined;
      if (!file || event.defaultPrevented || isCovered()) return;
      event.preventDefault(); // otherwise the browser would open the file
      take(file);
    };
    document.addEventListener("drop", drop, true); // before whoever takes any file anywhere
    return () => document.removeEventListener("drop", drop, true);
  });
}
