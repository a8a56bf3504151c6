import { useEffect, useMemo, useRef } from "react";

import type { ImportDrawing } from "@/api/types";
import { Button } from "@/components/Button";
import type { Bound } from "@/features/importing/bindings";
import { layoutOf, WIDTH, type Layout } from "@/features/importing/layout";
import { NodeShape } from "@/features/importing/NodeShape";
import { INKS, roleOf, titleOf, type Role } from "@/features/importing/roles";
import { useDrawingView } from "@/features/importing/useDrawingView";
import { useInputKeys } from "@/features/importing/useInputKeys";
import { plural } from "@/lib/format";

interface Props {
  drawing: ImportDrawing;
  bound: readonly Bound[];
  /** The parameter for which an input is being chosen. */
  choosing: string | null;
  /** The input that is to be shown. */
  seen: string | null;
  onChoose: (bind: string) => void;
}

const ZOOM = 1.4;
/** The scale at which a finger hits an input. */
const HITTABLE = 1;

/** The graph as a drawing that is moved and zoomed; what was found is coloured and named. The list below says the same. */
export function GraphDrawing({ drawing, bound, choosing, seen, onChoose }: Props) {
  const taken = useMemo(
    () => new Map(bound.flatMap(({ parameter, places }) => places.map(({ bind }) => [bind, parameter] as const))),
    [bound],
  );
  const layout = useMemo(() => layoutOf(drawing, new Set(taken.keys())), [drawing, taken]);
  const focus = useMemo(() => placeOf(layout, bound[0]?.places[0]?.bind ?? null), [layout, bound]);
  const { frame, view, fit, zoomAt, hand, ...moves } = useDrawingView(layout.bounds, focus);
  const chosen = bound.find(({ parameter }) => parameter === choosing)?.places[0]?.bind ?? null;
  const keys = useInputKeys({ layout, frame, choosing, taken: chosen, onChoose });
  const { current } = keys;
  useFollowing({ layout, choosing, current, seen, frame, ...moves });
  const told = `Drawing of ${plural(drawing.nodes.length, "graph node")}; the list below it says the same in words.`;
  return (
    <figure className="grid gap-2">
      <div
        ref={frame}
        data-drawing
        className="relative h-[min(34rem,60dvh)] touch-none overflow-hidden rounded-2xl border border-line bg-bg select-none"
        {...hand}
      >
        <svg
          role={choosing ? "group" : "img"}
          aria-label={choosing ? `Inputs that can take ${titleOf(choosing)}: arrow keys go through them` : told}
          onKeyDown={keys.onKeyDown}
          className={`size-full ${choosing ? "cursor-crosshair" : "cursor-grab"}`}
        >
          <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
            <Wires layout={layout} />
            {layout.boxes.map((box) => (
              <NodeShape
                key={box.id}
                box={box}
                taken={taken}
                choosing={choosing !== null}
                current={box.rows.some(({ bind }) => bind === current) ? current : null}
                seen={seen}
                onChoose={onChoose}
                onFocus={keys.onFocus}
              />
            ))}
          </g>
        </svg>
        <Zoom onZoom={zoomAt} onFit={fit} />
      </div>
      <Legend bound={bound} />
    </figure>
  );
}

interface Followed extends Pick<ReturnType<typeof useDrawingView>, "frame" | "centreOn" | "reveal" | "zoomTo"> {
  layout: Layout;
  choosing: string | null;
  /** The input that the keyboard is at. */
  current: string | null;
  seen: string | null;
}

/** Brings into the frame what the keyboard is at and what the list points to; inputs can be hit while one is chosen. */
function useFollowing({ layout, choosing, current, seen, frame, centreOn, reveal, zoomTo }: Followed): void {
  const around = useRef(layout);
  useEffect(() => {
    around.current = layout;
  });
  useEffect(() => {
    if (choosing !== null) zoomTo(HITTABLE);
  }, [choosing, zoomTo]);
  useEffect(() => {
    const input = current === null ? null : placeOf(around.current, current);
    if (input) reveal(input.x, input.y);
  }, [current, reveal]);
  const place = useMemo(() => placeOf(layout, seen), [layout, seen]);
  useEffect(() => {
    if (!place) return;
    centreOn(place.x, place.y);
    frame.current?.scrollIntoView({ block: "nearest" });
  }, [place, centreOn, frame]);
}

function Zoom({ onZoom, onFit }: { onZoom: (factor: number) => void; onFit: () => void }) {
  return (
    <div className="absolute right-2 bottom-2 flex gap-1">
      <Button className="min-w-9" aria-label="Larger" onClick={() => onZoom(ZOOM)}>
        +
      </Button>
      <Button className="min-w-9" aria-label="Smaller" onClick={() => onZoom(1 / ZOOM)}>
        −
      </Button>
      <Button aria-label="The whole drawing" onClick={onFit}>
        Fit
      </Button>
    </div>
  );
}

/** The middle of the box that has this input. */
function placeOf({ boxes }: Layout, bind: string | null): { x: number; y: number } | null {
  const box = bind === null ? undefined : boxes.find(({ id }) => bind.startsWith(`${id}.`));
  const row = box?.rows.find((each) => each.bind === bind);
  return box ? { x: box.x + WIDTH / 2, y: box.y + (row?.y ?? 0) } : null;
}

function Wires({ layout }: { layout: Layout }) {
  return (
    <g fill="none" strokeWidth="2" className="stroke-soft opacity-50">
      {layout.wires.map(({ path, type }, index) => (
        <path key={index} d={path}>
          <title>{type}</title>
        </path>
      ))}
    </g>
  );
}

function Legend({ bound }: { bound: readonly Bound[] }) {
  const counts = new Map<Role, number>();
  for (const { parameter } of bound) counts.set(roleOf(parameter), (counts.get(roleOf(parameter)) ?? 0) + 1);
  return (
    <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
      {[...counts].map(([role, count]) => (
        <span key={role} className={INKS[role].ink}>
          <span aria-hidden>■ </span>
          {role}: {count}
        </span>
      ))}
      <span>Grey: the graph’s own values</span>
    </figcaption>
  );
}
