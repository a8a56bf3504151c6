import { withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { KindBadge } from "@/components/KindBadge";
import { PreviewImage } from "@/components/PreviewImage";
import { Ring } from "@/components/Ring";
import { familyName } from "@/lib/families";
import { modelName } from "@/lib/format";
import { kindOf, pictureOf } from "@/lib/mediaTypes";
import { useGenerationStore } from "@/stores/generationStore";
import { nameOf, useGpuStore } from "@/stores/gpuStore";

/**
 * What is seen of a generation in its frame: that it waits, how far it is, the picture, or why there is none; `sharp`:
 * from the image itself.
 */
export function PictureFace({ generation, sharp = false }: { generation: Generation; sharp?: boolean }) {
  switch (generation.status) {
    case "complete":
      return (
        <>
          <img
            src={withTicket(faceOf(generation, sharp))}
            alt=""
            loading="lazy"
            decoding="async"
            draggable={false}
            className="size-full object-cover"
          />
          <KindBadge kind={kindOf(generation)} />
        </>
      );
    case "generating":
      return <Drawing generation={generation} />;
    case "queued":
      return <Waiting generation={generation} />;
    default:
      return (
        <span className="grid size-full content-start gap-1 overflow-hidden border border-line p-3 text-left text-xs">
          <span className={generation.status === "failed" ? "font-medium text-bad" : "text-soft"}>
            {generation.status === "failed" ? "Failed" : "Cancelled"}
          </span>
          <span className="line-clamp-6 text-soft">{generation.error_message}</span>
        </span>
      );
  }
}

function Waiting({ generation }: { generation: Generation }) {
  return (
    <span
      className="shimmer grid size-full place-items-center text-xs text-soft"
      title={generation.waiting_for ?? undefined}
    >
      <Origin parentId={generation.parent_id} />
      <span className="relative rounded-full bg-bg/70 px-2 py-0.5">Waiting</span>
    </span>
  );
}

/** The picture that it is made from, shown until it has a preview. */
function Origin({ parentId }: { parentId: string | null }) {
  const url = useGenerationStore(({ live }) => parentId && live.generations[parentId]?.thumbnail_url);
  if (!url) return null;
  return <img src={withTicket(url)} alt="" className="absolute inset-0 size-full object-cover opacity-40" />;
}

function Drawing({ generation }: { generation: Generation }) {
  const progress = useGenerationStore(({ live }) => live.progress[generation.id]);
  const name = useGpuStore(({ gpus }) => nameOf(gpus, generation.gpu_id));
  const part = progress && progress.total > 0 ? progress.current / progress.total : 0;
  const { loading } = generation;
  return (
    <span className="shimmer relative grid size-full place-items-center">
      <Origin parentId={generation.parent_id} />
      <PreviewImage generationId={generation.id} className="absolute inset-0 size-full object-cover" />
      {loading ? (
        <span className="relative mx-2 rounded-lg bg-black/65 px-2 py-1 text-center text-xs text-white" title={loading}>
          Loading {loading === generation.checkpoint ? familyName(generation.model_family) : modelName(loading)}…
        </span>
      ) : (
        <span className="relative rounded-full bg-black/45 p-1">
          <Ring part={part} label={`Progress on ${name}`} />
        </span>
      )}
      <span className="absolute inset-x-0 bottom-0 truncate bg-black/65 px-2 py-1 text-xs text-white">{name}</span>
    </span>
  );
}

/** Large pictures are shown from the image itself, since a thumbnail has only 256 px. */
const faceOf = (generation: Generation, sharp: boolean): string =>
  generation.stage === 0 && !(sharp && !kindOf(generation)) ? (generation.thumbnail_url ?? "") : pictureOf(generation);
