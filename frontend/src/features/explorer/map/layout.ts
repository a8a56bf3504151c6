/** Where each picture of the map lies: every centre with its eight neighbours around it; pure. */
import type { Direction, Generation } from "@/api/types";
import { directionOf } from "@/features/explorer/directions";

/** In pixels of the map at its own scale. */
export const TILE = 160;
export const CELL = TILE + 16;
/** From one centre to the next. */
export const PITCH = 3 * CELL + 72;

export const AROUND = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [-1, 0],
  [1, 0],
  [-1, 1],
  [0, 1],
  [1, 1],
] as const;

export interface Point {
  x: number;
  y: number;
}

export interface Tile extends Point {
  key: string;
  /** The picture; null: a place that nothing was drawn for yet. */
  id: string | null;
  /** The picture that it lies around; its own for a centre. */
  centre: string;
  /** 0 to 7 around its centre; -1: the centre itself. */
  slot: number;
}

export interface MapLayout {
  tiles: readonly Tile[];
  /** The middle of each centre's tile. */
  centres: ReadonlyMap<string, Point>;
}

/** What lies around the present centre, one place after the other; null: not drawn yet. */
export interface Ring {
  centre: string;
  direction: Direction;
  pictures: readonly (string | null)[];
}

/**
 * `pictures` in the order in which they were asked for, so that nothing moves when one more is; `visited` are centres
 * that may have nothing around them.
 */
export function layoutOf(pictures: readonly Generation[], visited: readonly string[], ring: Ring | null): MapLayout {
  const around = ringsOf(pictures, visited);
  const order = new Map<string, number>();
  pictures.forEach(({ parent_id: parent, varied, id }, index) => {
    if (parent && around.has(parent) && !order.has(parent)) order.set(parent, index);
    if (!parent && !Object.keys(varied).length && !order.has(id)) order.set(id, index);
  });
  for (const id of visited) if (!order.has(id)) order.set(id, pictures.length + order.size);
  const centres = [...order].sort(([, one], [, other]) => one - other).map(([id]) => id);
  const parents = new Map(pictures.map((each) => [each.id, each.parent_id]));
  const taken = new Set<string>();
  const places = new Map<string, Point>();
  const tiles: Tile[] = [];
  for (const id of centres) {
    const pictured = ring?.centre === id ? ring.pictures : (around.get(id) ?? []);
    const place = placeFor(id, parents.get(id) ?? null, places, around, taken);
    places.set(id, place);
    taken.add(`${place.x},${place.y}`);
    tiles.push(...tilesOf(id, place, pictured));
  }
  return { tiles, centres: new Map([...places].map(([id, at]) => [id, { x: at.x * PITCH, y: at.y * PITCH }])) };
}

function tilesOf(centre: string, place: Point, pictures: readonly (string | null)[]): Tile[] {
  const [x, y] = [place.x * PITCH, place.y * PITCH];
  const neighbours = pictures.slice(0, AROUND.length).map((id, slot): Tile => {
    const [right, down] = AROUND[slot] ?? [0, 0];
    return { key: `${centre}:${slot}`, id, centre, slot, x: x + right * CELL, y: y + down * CELL };
  });
  return [{ key: centre, id: centre, centre, slot: -1, x, y }, ...neighbours];
}

/** Up to eight around each picture: those of the direction in which somebody went on, else of the newest. */
function ringsOf(pictures: readonly Generation[], visited: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const wentTo = new Set([...visited, ...pictures.map((each) => each.parent_id)]);
  const rings = new Map<string, { direction: Direction; ids: string[]; taken: boolean }[]>();
  for (const { id, parent_id: parent, varied } of pictures) {
    const direction = directionOf(varied);
    if (!parent || !direction) continue;
    const known = rings.get(parent) ?? [];
    rings.set(parent, known);
    let same = known.find((each) => each.direction === direction);
    if (!same) known.push((same = { direction, ids: [], taken: false }));
    same.ids.push(id);
    same.taken ||= wentTo.has(id);
  }
  const shown = [...rings].map(([parent, known]) => {
    const { ids } = known.findLast((each) => each.taken) ?? known.at(-1) ?? { ids: [] };
    return [parent, ids.slice(0, AROUND.length)] as const;
  });
  return new Map(shown);
}

/** Away from the parent on the side where the picture lay beside it; elsewhere near there if that is taken. */
function placeFor(
  id: string,
  parent: string | null,
  places: ReadonlyMap<string, Point>,
  around: ReadonlyMap<string, readonly string[]>,
  taken: ReadonlySet<string>,
): Point {
  const from = parent ? places.get(parent) : undefined;
  const [right, down] = AROUND[(parent && around.get(parent)?.indexOf(id)) || 0] ?? [0, 0];
  const wanted = from ? { x: from.x + right, y: from.y + down } : { x: 0, y: 0 };
  for (let distance = 0; ; distance++)
    for (const each of atDistance(wanted, distance)) if (!taken.has(`${each.x},${each.y}`)) return each;
}

/** The nearest of a square's rim come first. */
function atDistance(from: Point, distance: number): Point[] {
  if (!distance) return [from];
  const rim: Point[] = [];
  for (let x = -distance; x <= distance; x++) {
    const onSide = Math.abs(x) === distance;
    for (let y = -distance; y <= distance; y += onSide ? 1 : 2 * distance) rim.push({ x: from.x + x, y: from.y + y });
  }
  const away = (one: Point) => Math.abs(one.x - from.x) + Math.abs(one.y - from.y);
  return rim.sort((one, other) => away(one) - away(other));
}

export type Arrow = "left" | "right" | "up" | "down";

/** The next tile in the direction of an arrow, the nearest in its line before those aside; null: there is none. */
export function nextTile(tiles: readonly Tile[], from: Tile, arrow: Arrow): Tile | null {
  const [alongX, alongY] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[arrow] as [number, number];
  let best: Tile | null = null;
  let least = Infinity;
  for (const each of tiles) {
    const [x, y] = [each.x - from.x, each.y - from.y];
    const ahead = x * alongX + y * alongY;
    const aside = Math.abs(x * alongY) + Math.abs(y * alongX);
    if (ahead <= 0 || aside > 2 * ahead) continue;
    const cost = ahead + 3 * aside;
    if (cost < least) [best, least] = [each, cost];
  }
  return best;
}
