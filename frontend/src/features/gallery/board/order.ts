/** Where on a board pictures come to lie. */

export type Move = "first" | "earlier" | "later" | "last";

/** The picture before which the chosen ones are put; null: at the end; undefined: they lie there already. */
export function beforeWhich(order: readonly string[], ids: readonly string[], to: Move): string | null | undefined {
  const chosen = new Set(ids);
  const others = order.filter((id) => !chosen.has(id));
  const places = order.flatMap((id, place) => (chosen.has(id) ? [place] : []));
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined || !others.length) return undefined;
  if (to === "last") return null;
  if (to === "first") return others[0];
  if (to === "earlier") return order.slice(0, first).findLast((id) => !chosen.has(id));
  const [next, afterNext] = order.slice(last + 1).filter((id) => !chosen.has(id));
  return next === undefined ? undefined : (afterNext ?? null);
}
