import { useEffect, useState } from "react";

import { get, withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { useSessionStore } from "@/stores/sessionStore";

/** The picture that the stage's next pictures start from, if it was chosen by other means than picking. */
export function StartingPicture({ stage }: { stage: number }) {
  const id = useSessionStore(({ config }) => config.stages[stage]?.from?.[0]);
  const [found, setFound] = useState<Generation | null>(null);
  useEffect(() => {
    let over = false;
    if (id)
      void get<Generation>(`/api/generations/${encodeURIComponent(id)}`)
        .then((generation) => !over && setFound(generation))
        .catch(() => undefined);
    return () => {
      over = true;
    };
  }, [id]);
  if (!id) return null;
  const url = found?.id === id ? found.thumbnail_url : null;
  return (
    <div className="flex items-center gap-3 rounded-lg border border-line p-2 text-sm">
      {url && <img src={withTicket(url)} alt="" className="size-12 rounded-md object-cover" />}
      <span className="grow">Starts from this picture</span>
      <Button
        look="quiet"
        aria-label="Do not start from this picture"
        onClick={() => useSessionStore.getState().changeStage(stage, { from: [] })}
      >
        ✕
      </Button>
    </div>
  );
}
