import { useState } from "react";

import { EstimateLine } from "@/actions/estimate/EstimateLine";
import { useEstimate } from "@/actions/estimate/useEstimate";
import { allowed } from "@/actions/batchRequest";
import { laidOverPictures } from "@/actions/wording/laidOver";
import { withTicket } from "@/api/client";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Asked } from "@/features/explorer/Asked";
import { Strip } from "@/features/explorer/between/Strip";
import { pictureNow, useFetched, usePicture } from "@/features/explorer/pictures";
import type { ExplorerState } from "@/features/explorer/state";
import { submitPictures } from "@/features/explorer/submit";
import { useBatch } from "@/features/explorer/useBatch";
import { changeExplorer } from "@/features/explorer/useExplorer";
import { useGenerationStore } from "@/stores/generationStore";
import { useSessionStore } from "@/stores/sessionStore";

const PATH = "/api/generate/between";
const STEPS = 5;
const MOST_OFFERED = 24;

/** Two pictures, and five steps from the one to the other. */
export function BetweenView({ state }: { state: ExplorerState }) {
  const { from, to, strip } = state;
  const [sending, setSending] = useState(false);
  const sessionId = useSessionStore((store) => store.sessionId);
  useFetched([from ?? "", to ?? ""]);
  const body =
    from && to && from !== to
      ? { from, to, steps: STEPS, session_id: sessionId, ...allowed(), ...laidOverPictures([from, to], pictureNow) }
      : null;
  const answer = useEstimate(body, `${PATH}/estimate`);
  const batch = useBatch(strip);
  const drawn = from && to && batch !== "gone" ? batch : null;
  const draw = async () => {
    if (!body || sending) return;
    setSending(true);
    const made = await submitPictures(PATH, body);
    if (made) changeExplorer({ strip: made.batch_id });
    setSending(false);
  };
  return (
    <div className="grid content-start gap-4 px-4 py-3">
      <div className="grid gap-4 md:grid-cols-2">
        <End label="From" chosen={from} other={to} onChoose={(id) => changeExplorer({ from: id, strip: null })} />
        <End label="To" chosen={to} other={from} onChoose={(id) => changeExplorer({ to: id, strip: null })} />
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          look="primary"
          className="min-h-11"
          disabled={!body || sending || Boolean(answer?.problem)}
          onClick={() => void draw()}
        >
          {sending ? "Sending…" : `Draw ${STEPS} steps between`}
        </Button>
        <Button
          look="quiet"
          disabled={!from || !to}
          onClick={() => changeExplorer({ from: to, to: from, strip: null })}
        >
          The other way round
        </Button>
      </div>
      {drawn && <Asked batch={drawn} /> /* above what comes late: its button stays under the finger */}
      {body && <EstimateLine answer={answer} />}
      {drawn && from && to ? (
        <Strip ids={[from, ...drawn.generations.map(({ id }) => id), to]} />
      ) : (
        !body && <Notice title="Choose two pictures">Their settings and words are blended on the way.</Notice>
      )}
    </div>
  );
}

interface EndProps {
  label: string;
  chosen: string | null;
  other: string | null;
  onChoose: (id: string) => void;
}

/** One end of the way: chosen among the picked pictures and those that were in the middle. */
function End({ label, chosen, other, onChoose }: EndProps) {
  const trail = useSessionStore(({ config }) => config.explorer?.["trail"]);
  const marks = useGenerationStore((store) => store.marks);
  const visited = Array.isArray(trail) ? trail.filter((id): id is string => typeof id === "string") : [];
  const picked = Object.keys(marks).filter((id) => marks[id] === "selected");
  const offered = [...new Set([...(chosen ? [chosen] : []), ...picked, ...visited])]
    .filter((id) => id !== other)
    .slice(0, MOST_OFFERED);
  return (
    <fieldset className="grid content-start gap-2 rounded-xl border border-line p-3">
      <legend className="px-1 text-sm font-semibold">{label}</legend>
      {offered.length === 0 && <p className="text-sm text-soft">Pick pictures on the map first.</p>}
      <div className="flex flex-wrap gap-2">
        {offered.map((id, index) => (
          <Choice key={id} id={id} name={`${label}: picture ${index + 1}`} chosen={id === chosen} onChoose={onChoose} />
        ))}
      </div>
    </fieldset>
  );
}

interface ChoiceProps {
  id: string;
  name: string;
  chosen: boolean;
  onChoose: (id: string) => void;
}

function Choice({ id, name, chosen, onChoose }: ChoiceProps) {
  const found = usePicture(id);
  if (!found || found === "gone" || !found.thumbnail_url) return null;
  return (
    <button
      type="button"
      aria-pressed={chosen}
      aria-label={name}
      title={found.prompt}
      className="size-16 overflow-hidden rounded-lg bg-raised aria-pressed:ring-4 aria-pressed:ring-accent"
      onClick={() => onChoose(id)}
    >
      <img src={withTicket(found.thumbnail_url)} alt="" className="size-full object-cover" />
    </button>
  );
}
