/** Where on a board pictures come to lie. */

/** All of a board, from its beginning to its end; undefined: a picture that is not loaded. */
export type Order = readonly (string | undefined)[];

/** The chosen ones as they lie on the board: moved in parts, they keep their order among each other by that alone. */
export function asTheyLie(order: Order, ids: readonly string[]): string[] {
  const places = new Map(order.map((id, place) => [id, place]));
  const place = (id: string) => places.get(id) ?? order.length;
  return ids.toSorted((one, other) => place(one) - place(other));
}

export type Move = "first" | "earlier" | "later" | "last";

/** The picture before which the chosen ones are put; null: at the end; undefined: they lie there already, or what lies
 * there is not loaded. */
export function beforeWhich(order: Order, ids: readonly string[], to: Move): string | null | undefined {
  const chosen = new Set<string | undefined>(ids);
  const isOther = (id: string | undefined) => !chosen.has(id);
  const places = order.flatMap((id, place) => (chosen.has(id) ? [place] : []));
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined || !order.some(isOther)) return undefined;
  if (to === "last") return null;
  if (to === "first") return order.find(isOther);
  if (to === "earlier") return order.slice(0, first).findLast(isOther);
  const rest = order.slice(last + 1).filter(isOther);
  return rest.length === 1 ? null : rest[1];
}
