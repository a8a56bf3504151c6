import { Suspense, useCallback, useState } from "react";

import { lazily } from "@/components/lazily";
import { PasteButton } from "@/components/PasteButton";
import { DROP_PLACE, useArrivingPictures } from "@/components/useArrivingPictures";
import type { Arrival } from "@/lib/arriving/arrivals";
import { PICTURE_TYPES } from "@/lib/arriving/files";
import { useSessionStore } from "@/stores/sessionStore";

const StartPictureCard = lazily(() =>
  import("@/actions/start/StartPictureCard").then((module) => module.StartPictureCard),
);

/** Where the first stage gets a picture to start from: chosen here, or dropped or pasted anywhere on the page. */
export function StartPictureSlot() {
  const start = useSessionStore(({ config }) => config.start);
  const { busy, problem, take } = useTaking();
  const over = useArrivingPictures(take);
  const choose = (
    <label className="inline-flex min-h-9 cursor-pointer items-center rounded-lg px-3 text-sm text-soft hover:bg-raised hover:text-text has-focus-visible:outline-2">
      {start ? "Replace" : "Start from a picture"}
      <input
        type="file"
        accept={PICTURE_TYPES}
        aria-label={start ? "Replace the start picture" : "Start from a picture"}
        className="sr-only"
        onChange={({ target }) => {
          take({ kind: "files", files: [...(target.files ?? [])] });
          target.value = ""; // so that the same file can be chosen again
        }}
      />
    </label>
  );
  return (
    <div
      {...DROP_PLACE}
      data-start-picture
      className={`grid gap-1 rounded-xl border border-dashed p-1 ${over ? "border-accent bg-raised" : "border-line"}`}
    >
      {start ? (
        <Suspense fallback={choose}>
          <StartPictureCard start={start}>{choose}</StartPictureCard>
        </Suspense>
      ) : (
        <span className="flex flex-wrap items-center">
          {choose}
          <span className="text-xs text-soft pointer-coarse:hidden">or drop or paste one</span>
          <PasteButton onPicture={take} />
        </span>
      )}
      <p role="status" className="px-3 text-xs text-soft empty:hidden">
        {busy && "Uploading the picture…"}
      </p>
      {problem && (
        <p role="alert" className="px-3 pb-1 text-xs text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}

/** Uploads the first of some files, or takes a picture of the hub as it is; the last choice wins. */
function useTaking() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const take = useCallback((arrival: Arrival) => {
    if (arrival.kind === "files" && !arrival.files.length) return;
    setBusy(true);
    setProblem("");
    import("@/actions/startPicture")
      .then(({ startWithArrival }) => startWithArrival(arrival))
      .catch((error: Error) => setProblem(error.message))
      .finally(() => setBusy(false));
  }, []);
  return { busy, problem, take };
}
