import type { ReactNode } from "react";

import type { Gpu } from "@/api/types";
import { PreviewImage } from "@/components/PreviewImage";
import { clock, moment, plural, seconds } from "@/lib/format";
import { hrefOf } from "@/lib/route";

import { hasVram } from "./facts";
import { NodeActions } from "./NodeActions";
import { NodeFacts } from "./NodeFacts";
import { speedWords } from "./speed";
import { DOT, INK, reasonOf, statusOf } from "./status";

const USUAL_KIND = "comfyui";

interface Props {
  gpu: Gpu;
  /** Of the open session's newest batch; null without one. */
  share: { drawn: number; total: number } | null;
}

export function NodeCard({ gpu, share }: Props) {
  return (
    <article aria-label={gpu.name} className="flex min-w-0 flex-col gap-4 rounded-2xl border border-line bg-panel p-5">
      <Heading gpu={gpu} />
      <NodeFacts gpu={gpu} />
      {hasVram(gpu) && <VramBar gpu={gpu} />}
      <RunningNow gpu={gpu} />
      <Figures gpu={gpu} share={share} />
      <Speeds speeds={gpu.speeds} />
      {gpu.last_error && gpu.last_error !== gpu.reason && (
        <p className="line-clamp-6 text-xs text-soft">
          <span className="font-medium text-bad">Last error:</span> {gpu.last_error}
        </p>
      )}
      {gpu.unreadable_files.map(({ folder, name, message }) => (
        <p key={`${folder}/${name}`} className="line-clamp-6 text-xs break-words text-soft">
          <span className="font-medium text-warm">Unreadable file:</span> {message}
        </p>
      ))}
      <NodeActions gpu={gpu} />
    </article>
  );
}

function Heading({ gpu }: { gpu: Gpu }) {
  const { word, tone } = statusOf(gpu);
  return (
    <header className="grid gap-1">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span aria-hidden className={`size-2.5 shrink-0 rounded-full ${DOT[tone]}`} />
        <h2 className="min-w-0 text-base font-semibold">
          <a className="hover:underline" href={hrefOf({ page: "fleet", nodeId: gpu.id })}>
            {gpu.name}
          </a>
        </h2>
        <span className="rounded-full bg-raised px-2 py-0.5 text-xs text-soft">{gpu.tier}</span>
        {gpu.kind !== USUAL_KIND && (
          <span className="rounded-full border border-line px-2 py-0.5 text-xs text-soft" title="What drives it">
            {gpu.kind}
          </span>
        )}
        <span className={`ml-auto text-sm font-medium ${INK[tone]}`}>{word}</span>
      </div>
      <p className="text-sm text-soft">
        {reasonOf(gpu)} · <time dateTime={gpu.state_since}>since {since(gpu.state_since)}</time>
      </p>
    </header>
  );
}

function since(iso: string): string {
  return new Date(iso).toDateString() === new Date().toDateString() ? clock(iso) : moment(iso);
}

function VramBar({ gpu }: { gpu: Gpu }) {
  const free = gpu.vram_free_gb;
  /** The node's own figure is the actual one; that of gpus.yaml is for planning. */
  const total = Number((gpu.vram_total_gb ?? gpu.vram_gb).toFixed(1));
  const others = gpu.others_vram_gb ? `, another program holds ${gpu.others_vram_gb.toFixed(1)}` : "";
  const words =
    free === null ? `${total} GB, how much is free is unknown` : `${free.toFixed(1)} of ${total} GB free${others}`;
  const used = free === null ? 0 : Math.min(Math.max(total - free, 0), total);
  return (
    <div className="grid gap-1.5 text-xs">
      <div className="flex justify-between gap-3">
        <span className="text-soft">VRAM</span>
        <span className="tabular-nums">{words}</span>
      </div>
      <div
        role="meter"
        aria-label={`VRAM in use on ${gpu.name}`}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={Number(used.toFixed(2))}
        aria-valuetext={words}
        className="h-1.5 overflow-hidden rounded-full bg-raised"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width]"
          style={{ width: `${(used / total) * 100}%` }}
        />
      </div>
    </div>
  );
}

/** The first one is being drawn; the others wait after it. */
function RunningNow({ gpu }: { gpu: Gpu }) {
  const [current, ...waiting] = gpu.running;
  if (!current)
    return <p className="rounded-xl border border-dashed border-line p-3 text-sm text-soft">Draws nothing now.</p>;
  return (
    <div className="flex min-w-0 items-start gap-3 rounded-xl bg-raised p-3">
      <div className="shimmer size-16 shrink-0 overflow-hidden rounded-lg bg-bg">
        <PreviewImage
          key={current.generation_id}
          generationId={current.generation_id}
          className="size-full object-cover"
        />
      </div>
      <div className="min-w-0 text-sm">
        <p className="text-xs text-soft">Draws now</p>
        <p className="line-clamp-2" title={current.prompt} dir="auto">
          {current.prompt || "without a prompt"}
        </p>
        {waiting.length > 0 && <p className="mt-1 text-xs text-soft">{waiting.length} more wait behind it</p>}
      </div>
    </div>
  );
}

function Figures({ gpu, share }: Props) {
  const others = gpu.current_queue_length - gpu.running.length;
  return (
    <dl className="grid grid-cols-3 gap-3 text-sm">
      <Figure name="Queue">
        {gpu.current_queue_length}
        {others > 0 && <span className="text-xs text-soft"> ({others} not ours)</span>}
      </Figure>
      <Figure name="Done in">{eta(gpu)}</Figure>
      <Figure name="Newest batch">{share ? `${share.drawn} of ${share.total}` : "–"}</Figure>
    </dl>
  );
}

function eta(gpu: Gpu): string {
  if (gpu.eta_seconds === null) return "unknown";
  return gpu.eta_seconds > 0 ? `≈ ${seconds(gpu.eta_seconds)}` : "–";
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-soft">{name}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}

function Speeds({ speeds }: { speeds: Gpu["speeds"] }) {
  const measured = Object.entries(speeds);
  return (
    <div className="grid gap-1 text-xs">
      <h3 className="text-soft">Measured speed</h3>
      {measured.length === 0 && <p>Nothing measured yet: it draws its first picture first.</p>}
      <ul className="grid gap-1">
        {measured.map(([family, speed]) => (
          <li key={family} className="flex flex-wrap justify-between gap-x-3">
            <span>{speedWords(family, speed.seconds_per_step_megapixel)}</span>
            <span className="text-soft">{plural(speed.samples, "sample")}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
