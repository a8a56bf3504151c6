import { useLayoutEffect, useRef } from "react";
import { useStore } from "zustand";

import type { Box, Mask } from "@/features/mask/drawing/mask";
import { toFrame } from "@/features/mask/drawing/view";
import { coveredInWords } from "@/features/mask/easel";
import { useEasel, usePainter } from "@/features/mask/useEasel";
import { usePointers } from "@/features/mask/usePointers";
import type { Viewport } from "@/features/mask/viewport";

interface Props {
  src: string;
  viewport: Viewport;
}

/** The picture with the mask over it, painted by pointer. */
export function MaskCanvas({ src, viewport }: Props) {
  const painter = usePainter();
  const frame = useRef<HTMLDivElement>(null);
  const view = useStore(viewport.store);
  const covered = useEasel((easel) => easel.covered);
  const tool = useEasel((easel) => easel.tool);
  const pointers = usePointers(painter, viewport);
  useLayoutEffect(() => {
    frame.current?.focus();
    return frame.current ? viewport.attach(frame.current) : undefined;
  }, [viewport]);
  const { width, height } = painter.mask;
  return (
    <div
      ref={frame}
      data-mask-frame
      tabIndex={0}
      role="application"
      aria-roledescription="mask over a picture"
      aria-label={`Mask: ${coveredInWords(covered)} Arrows move the cursor, Space paints, question mark lists the keys.`}
      className={`relative size-full touch-none overflow-hidden bg-raised select-none ${tool === "hand" ? "cursor-grab" : "cursor-crosshair"}`}
      onContextMenu={(event) => event.preventDefault()}
      {...pointers}
    >
      <div
        className="absolute top-0 left-0 origin-top-left"
        style={{ width, height, transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
      >
        <img src={src} alt="" draggable={false} className="absolute inset-0 size-full" />
        <Overlay />
      </div>
      <Pen viewport={viewport} />
    </div>
  );
}

/** The mask in colour, as large as itself; only what changed is drawn again. */
function Overlay() {
  const painter = usePainter();
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return undefined;
    const show = (box: Box) => draw(context, painter.mask, box);
    show({ left: 0, top: 0, right: painter.mask.width, bottom: painter.mask.height });
    return painter.watch(show);
  }, [painter]);
  const { width, height } = painter.mask;
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      aria-hidden
      className="pointer-events-none absolute inset-0 size-full"
    />
  );
}

const COLOUR = [255, 45, 120] as const;
const STRONGEST = 0.6;

function draw(context: CanvasRenderingContext2D, mask: Mask, { left, top, right, bottom }: Box): void {
  if (right <= left || bottom <= top) return;
  const image = context.createImageData(right - left, bottom - top);
  let place = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++, place += 4) {
      image.data.set(COLOUR, place);
      image.data[place + 3] = (mask.data[y * mask.width + x] ?? 0) * STRONGEST;
    }
  }
  context.putImageData(image, left, top);
}

/** The brush at the cursor, and the shape that is being drawn. */
function Pen({ viewport }: { viewport: Viewport }) {
  const view = useStore(viewport.store);
  const painter = usePainter();
  const { tool, size, cursor, outline, erasing } = useEasel((easel) => easel);
  const at = toFrame(view, cursor);
  const corners = outline.map((each) => toFrame(view, each));
  const [start] = corners;
  const line = { fill: "none", stroke: "white", strokeWidth: 1.5, strokeDasharray: erasing ? "5 4" : undefined };
  return (
    <svg
      aria-hidden
      className="pointer-events-none absolute inset-0 size-full"
      style={{ filter: "drop-shadow(0 0 1.5px black)" }}
    >
      {tool === "brush" && <circle cx={at.x} cy={at.y} r={(size * painter.shorterSide * view.scale) / 2} {...line} />}
      {tool === "lasso" && <polyline points={[...corners, at].map(({ x, y }) => `${x},${y}`).join(" ")} {...line} />}
      {tool === "rectangle" && start && (
        <rect
          x={Math.min(start.x, at.x)}
          y={Math.min(start.y, at.y)}
          width={Math.abs(start.x - at.x)}
          height={Math.abs(start.y - at.y)}
          {...line}
        />
      )}
      {tool !== "hand" && (
        <path d={`M${at.x - 6} ${at.y}h12M${at.x} ${at.y - 6}v12`} {...line} strokeDasharray={undefined} />
      )}
    </svg>
  );
}
