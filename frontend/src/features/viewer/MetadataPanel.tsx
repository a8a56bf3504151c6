import { Suspense } from "react";
import { toast } from "sonner";

import { copyText } from "@/actions/copyText";
import { bareNameOf, fileNameOf } from "@/actions/dragOut";
import { drawnSize } from "@/actions/drawnAs";
import { download, withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { Button } from "@/components/Button";
import { FurtherImages } from "@/features/viewer/FurtherImages";
import { Prompts } from "@/features/viewer/Prompts";
import { useLineage } from "@/features/viewer/useLineage";
import { modelName, moment, seconds } from "@/lib/format";
import { lazily } from "@/components/lazily";
import { usd } from "@/lib/money";
import type { Seed } from "@/lib/seed";
import { go } from "@/lib/route";
import { nameOf, useGpuStore } from "@/stores/gpuStore";
import { useRecallStore } from "@/stores/recall";
import { useSessionStore } from "@/stores/sessionStore";
import { useUiStore } from "@/stores/uiStore";
import { saveFile } from "@/lib/saveFile";
import { suffixOf } from "@/lib/mediaTypes";
import { isWildcard, variedInWords, type Varied } from "@/lib/varied";

interface Props {
  generation: Generation;
  onShow: (generation: Generation) => void;
  /** Something was begun that is shown elsewhere. */
  onLeave: () => void;
}

const MakerTools = lazily(() => import("@/features/viewer/MakerTools").then((module) => module.MakerTools));
const Wording = lazily(() => import("@/features/viewer/Wording").then((module) => module.Wording));

/** What became of wildcards is told beside the words that were written. */
const withoutWildcards = (varied: Varied): Varied =>
  Object.fromEntries(Object.entries(varied).filter(([name]) => !isWildcard(name)));

/** The picture's settings and origin, and what can be done with them. */
export function MetadataPanel({ generation, onShow, onLeave }: Props) {
  const lineage = useLineage(generation);
  const suffix = suffixOf(generation);
  const differs = variedInWords(generation.written ? withoutWildcards(generation.varied) : generation.varied);
  return (
    <div className="grid content-start gap-5 p-4">
      <Suspense>
        <MakerTools generation={generation} onDone={onLeave} />
      </Suspense>
      <Prompts generation={generation} />
      <Facts generation={generation} lineage={lineage} />
      {differs && <p className="text-sm wrap-anywhere">differs: {differs}</p>}
      {!generation.reproducible && <DrawnOnce />}
      <Lineage generation={generation} lineage={lineage} onShow={onShow} />
      <Suspense>{lineage.length > 1 && <Wording lineage={lineage} />}</Suspense>
      <FurtherImages generation={generation} />
      <div className="grid grid-cols-2 gap-2">
        <Button
          className="col-span-2"
          onClick={() => applySettings(lineage.findLast((each) => each.task_type !== "upscale") ?? generation)}
        >
          Use these settings
        </Button>
        <Button
          className="col-span-2"
          title="The job that made it, or its settings, as a form with every input"
          onClick={() => openInWorkbench(generation, onLeave)}
        >
          Open in the workbench
        </Button>
        <Button onClick={() => void copySeed(generation.seed)}>Copy seed</Button>
        <a
          className="inline-flex min-h-9 items-center justify-center rounded-lg border border-line bg-raised px-2 text-sm whitespace-nowrap hover:border-soft"
          href={withTicket(generation.image_url ?? "")}
          download={fileNameOf(generation)}
        >
          Download {suffix.toUpperCase()}
        </a>
        {generation.image_url && !["mp4", "webm"].includes(suffix) && (
          <a
            className="inline-flex min-h-9 items-center justify-center rounded-lg border border-line bg-raised px-2 text-sm whitespace-nowrap hover:border-soft"
            href={withTicket(`${generation.image_url}?metadata=none`)}
            download={bareNameOf(generation)}
            title="The same picture without prompt, settings and graph: to be shared"
          >
            Without metadata
          </a>
        )}
        <Button
          title={`In ComfyUI's API format${suffix === "png" ? "; the PNG opens there as well" : ""}`}
          onClick={() => void saveGraph(generation)}
        >
          ComfyUI graph
        </Button>
      </div>
    </div>
  );
}

function Facts({ generation, lineage }: { generation: Generation; lineage: readonly Generation[] }) {
  const gpus = useGpuStore((store) => store.gpus);
  const rows: [string, string | number | null | undefined][] = [
    ["Seed", generation.seed],
    ["Node", nameOf(gpus, generation.gpu_id)],
    ["Took", generation.generation_time_ms ? seconds(generation.generation_time_ms / 1000) : null],
    ["Cost", generation.cost_usd === null ? null : usd(generation.cost_usd)],
    ["Size", generation.width && generation.height ? `${generation.width}×${generation.height}` : null],
    ["Family", familyOf(generation, lineage)],
    ["Checkpoint", generation.checkpoint && modelName(generation.checkpoint)],
    ["LoRAs", generation.loras.map((lora) => `${modelName(lora.name)} ${lora.strength_model}`).join(", ")],
    ["Steps", generation.steps],
    ["CFG", generation.cfg_scale],
    ["Strength", generation.parent_id ? generation.denoise_strength : null],
    ["Workflow", generation.workflow],
    ["Drawn", generation.completed_at && moment(generation.completed_at)],
  ];
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      {rows
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

const DrawnOnce = () => (
  <p className="text-sm text-warm">Cannot be drawn again: the same settings come to another picture.</p>
);

/** An upscaled picture has no family of its own: that of the picture before is shown. */
function familyOf({ model_family: family }: Generation, lineage: readonly Generation[]): string {
  const drawn = family === "any" ? lineage.findLast((each) => each.model_family !== "any") : undefined;
  return drawn ? `${drawn.model_family}, enlarged` : family;
}

function Lineage({ generation, lineage, onShow }: Omit<Props, "onLeave"> & { lineage: readonly Generation[] }) {
  if (lineage.length < 2) return null;
  return (
    <div>
      <h3 className="mb-2 text-xs font-semibold uppercase tracking-wide text-soft">Lineage</h3>
      <ol className="flex flex-wrap items-center gap-1 p-1">
        {lineage.map((each, index) => (
          <li key={each.id} className="flex shrink-0 items-center gap-1">
            {index > 0 && <span className="text-soft">→</span>}
            <button
              type="button"
              aria-label={`Step ${index + 1} of ${lineage.length}`}
              aria-current={each.id === generation.id}
              className="size-12 overflow-hidden rounded-lg aria-current:ring-2 aria-current:ring-accent"
              onClick={() => onShow(each)}
            >
              {each.thumbnail_url && (
                <img src={withTicket(each.thumbnail_url)} alt="" className="size-full object-cover" />
              )}
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** In the open session; from the gallery in a new one. */
function applySettings(generation: Generation): void {
  const { sessionId, open, config, change } = useSessionStore.getState();
  const isOpen = sessionId === generation.session_id;
  if (!isOpen) open(null);
  go({ page: "studio", sessionId: isOpen ? sessionId : null });
  const stage = isOpen ? generation.stage : 0;
  const {
    model_family,
    steps,
    cfg_scale,
    seed,
    checkpoint,
    loras,
    denoise_strength: denoise,
    parent_id: parentId,
  } = generation;
  const written = generation.written ?? generation;
  change({
    prompt: written.prompt,
    negative_prompt: written.negative_prompt,
    styles: generation.written?.styles ?? [],
    wildcards: Object.keys(generation.varied).some(isWildcard),
    stages: {
      ...(isOpen ? config.stages : {}),
      [stage]: {
        ...{ model_family, cfg_scale, seed, checkpoint, ...drawnSize(generation) },
        ...(steps ? { steps } : {}),
        ...(parentId && denoise !== null ? { denoise_strength: denoise } : {}),
        from: parentId ? [parentId] : [],
        ...samplingOf(generation),
        loras: loras.map(({ name, strength_model }) => ({ name, strength_model })),
      },
    },
  });
  useUiStore.getState().set({ viewedId: null });
  toast("Prompt, seed and settings are in the editor");
}

function samplingOf({ parameters: { sampler, scheduler } }: Generation) {
  return {
    ...(typeof sampler === "string" ? { sampler } : {}),
    ...(typeof scheduler === "string" ? { scheduler } : {}),
  };
}

function openInWorkbench(generation: Generation, onLeave: () => void): void {
  useRecallStore.setState({ wanted: generation });
  onLeave();
  go({ page: "workbench" });
}

const copySeed = (seed: Seed) =>
  copyText(String(seed), `Seed ${seed} copied`, `The browser does not allow copying; the seed is ${seed}`);

async function saveGraph(generation: Generation): Promise<void> {
  try {
    saveFile(await download("GET", `/api/generations/${generation.id}/graph`), `vibes-${generation.seed}.json`);
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}
