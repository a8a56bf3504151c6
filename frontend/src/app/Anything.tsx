/** Takes what is dropped, pasted or chosen anywhere in the studio, and shows what it is. */
import { Suspense, useCallback } from "react";

import { lazily } from "@/components/lazily";
import { useArrivingAnywhere } from "@/components/useArrivingPictures";
import type { Arrival } from "@/lib/arriving/arrivals";
import type { Taker } from "@/stores/arriving";
import { useBroughtStore } from "@/stores/brought";

const RecipeSheet = lazily(() => import("@/features/recipes/RecipeSheet").then((module) => module.RecipeSheet));
const OpenFiles = lazily(() => import("@/features/recipes/OpenFiles").then((module) => module.OpenFiles));

export function Anything() {
  const take = useCallback((arrival: Arrival, place: Taker | null) => {
    void import("@/actions/arriving/bringing").then(({ bring }) => bring(arrival, place));
  }, []);
  const over = useArrivingAnywhere(take);
  const { pictures, choosing } = useBroughtStore();
  return (
    <>
      {over && (
        <div
          aria-hidden
          data-held={over}
          className={`pointer-events-none fixed inset-2 z-[60] grid place-items-end justify-center rounded-2xl border-2 border-dashed p-6 pb-20 ${over === "free" ? "border-accent" : "border-warm"}`}
        >
          <p className="rounded-xl border border-line bg-panel px-4 py-2 text-sm font-medium shadow-2xl">
            {over === "free"
              ? "Drop it: a picture shows its settings, a workflow is imported"
              : "Close what is open first: it cannot be dropped on this"}
          </p>
        </div>
      )}
      <Suspense fallback={null}>
        {pictures.length > 0 && <RecipeSheet pictures={pictures} />}
        {choosing && <OpenFiles />}
      </Suspense>
    </>
  );
}
