/** Where the drawing has its graph nodes: as their author laid them out or, where they would overlap, in columns; pure. */
import type { ImportDrawing } from "@/api/types";
import { bindOf } from "@/features/importing/bindings";

export const WIDTH = 236;
export const HEAD = 28;
/** As high as a finger hits where the drawing is neither enlarged nor made smaller. */
export const ROW = 24;
const GAP_X = 70;
const GAP_Y = 28;
/** Rows of a node; more are in the list below the drawing. */
const MOST_ROWS = 10;

export interface Row {
  name: string;
  value: unknown;
  bind: string;
  /** From the box's upper edge to the row's. */
  y: number;
}

export interface NodeBox {
  id: string;
  class_type: string;
  title: string;
  x: number;
  y: number;
  height: number;
  rows: readonly Row[];
  /** Inputs without a row. */
  more: number;
}

export interface Wire {
  path: string;
  type: string;
}

export interface Layout {
  boxes: readonly NodeBox[];
  wires: readonly Wire[];
  bounds: Bounds;
}

export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** `shown`: inputs that have a row whatever their place. */
export function layoutOf({ nodes, links }: ImportDrawing, shown: ReadonlySet<string>): Layout {
  const sized = nodes.map((node) => sizedBox(node, shown));
  const boxes = (isLaidOut(nodes) && asLaidOut(sized)) || inColumns(sized, links);
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const wires = links.flatMap(([from, to, type]) => {
    const [one, other] = [byId.get(from), byId.get(to)];
    return one && other ? [{ path: wireOf(one, other), type }] : [];
  });
  return { boxes, wires, bounds: boundsOf(boxes) };
}

function sizedBox(node: ImportDrawing["nodes"][number], shown: ReadonlySet<string>): NodeBox {
  const { id, class_type, title, inputs } = node;
  const isShown = ({ name }: { name: string }) => shown.has(bindOf(id, name));
  const others = Math.max(0, MOST_ROWS - inputs.filter(isShown).length);
  const kept = new Set([...inputs.filter(isShown), ...inputs.filter((each) => !isShown(each)).slice(0, others)]);
  const rows = inputs
    .filter((each) => kept.has(each))
    .map(({ name, value }, index) => ({ name, value, bind: bindOf(id, name), y: HEAD + index * ROW }));
  const more = inputs.length - rows.length;
  const height = HEAD + (rows.length + (more ? 1 : 0)) * ROW + 8;
  return { id, class_type, title, x: node.x ?? 0, y: node.y ?? 0, height, rows, more };
}

const isLaidOut = (nodes: ImportDrawing["nodes"]): boolean =>
  nodes.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));

/** The editor's boxes have other sizes, so that some need more room here. */
const ROOM = [1, 1.2, 1.45, 1.75];
/** As much of the drawing as is boxes where its words can still be read. */
const LEAST_FILLED = 0.03;

/** At their author's places, further apart where they would overlap; null: they would all the same, or be lost in it. */
function asLaidOut(boxes: readonly NodeBox[]): NodeBox[] | null {
  for (const factor of ROOM) {
    const apart = boxes.map((box) => ({ ...box, x: box.x * factor, y: box.y * factor }));
    if (overlap(apart)) continue;
    const { width, height } = boundsOf(apart);
    const filled = apart.reduce((sum, box) => sum + WIDTH * box.height, 0);
    return filled >= LEAST_FILLED * width * height ? apart : null;
  }
  return null;
}

/** Whether two boxes overlap, by a sweep from left to right. */
function overlap(boxes: readonly NodeBox[]): boolean {
  const sorted = boxes.toSorted((one, other) => one.x - other.x);
  return sorted.some((box, index) => {
    for (let next = index + 1; next < sorted.length; next++) {
      const other = sorted[next];
      if (!other || other.x >= box.x + WIDTH) return false;
      if (other.y < box.y + box.height && box.y < other.y + other.height) return true;
    }
    return false;
  });
}

type Links = ImportDrawing["links"];

/** Each node right of all that it takes something from; beside one another in the order of those. */
function inColumns(boxes: readonly NodeBox[], links: Links): NodeBox[] {
  const depths = depthsOf(boxes, links);
  const sources = new Map<string, string[]>();
  for (const [from, to] of links) sources.set(to, [...(sources.get(to) ?? []), from]);
  const placed = new Map<string, NodeBox>();
  const deepest = Math.max(0, ...depths.values());
  const columns = Array.from({ length: deepest + 1 }, (): NodeBox[] => []);
  for (const box of boxes) columns[depths.get(box.id) ?? 0]?.push(box);
  for (const [depth, column] of columns.entries()) {
    const middle = ({ id, y }: NodeBox) => {
      const above = (sources.get(id) ?? []).flatMap((each) => placed.get(each)?.y ?? []);
      return above.length ? above.reduce((sum, each) => sum + each, 0) / above.length : y;
    };
    let y = 0;
    for (const box of column.toSorted((one, other) => middle(one) - middle(other))) {
      placed.set(box.id, { ...box, x: depth * (WIDTH + GAP_X), y });
      y += box.height + GAP_Y;
    }
  }
  return boxes.map((box) => placed.get(box.id) ?? box);
}

/** By node the length of the longest way to it; a node in a ring is taken as if its ring were cut there. */
function depthsOf(boxes: readonly NodeBox[], links: Links): ReadonlyMap<string, number> {
  const targets = new Map<string, string[]>();
  const waiting = new Map(boxes.map(({ id }) => [id, 0]));
  for (const [from, to] of links) {
    if (from === to || !waiting.has(from) || !waiting.has(to)) continue;
    targets.set(from, [...(targets.get(from) ?? []), to]);
    waiting.set(to, (waiting.get(to) ?? 0) + 1);
  }
  const depths = new Map(boxes.map(({ id }) => [id, 0]));
  const ready = boxes.map(({ id }) => id).filter((id) => !waiting.get(id));
  for (let id = ready.pop(); id !== undefined; id = ready.pop())
    for (const target of targets.get(id) ?? []) {
      depths.set(target, Math.max(depths.get(target) ?? 0, (depths.get(id) ?? 0) + 1));
      const left = (waiting.get(target) ?? 0) - 1;
      waiting.set(target, left);
      if (!left) ready.push(target);
    }
  return depths;
}

function wireOf(from: NodeBox, to: NodeBox): string {
  const [x1, y1] = [from.x + WIDTH, from.y + HEAD / 2];
  const [x2, y2] = [to.x, to.y + HEAD / 2];
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

function boundsOf(boxes: readonly NodeBox[]): Bounds {
  const x = Math.min(...boxes.map((box) => box.x), Infinity);
  const y = Math.min(...boxes.map((box) => box.y), Infinity);
  const right = Math.max(...boxes.map((box) => box.x + WIDTH), -Infinity);
  const bottom = Math.max(...boxes.map((box) => box.y + box.height), -Infinity);
  return boxes.length ? { x, y, width: right - x, height: bottom - y } : { x: 0, y: 0, width: 1, height: 1 };
}
