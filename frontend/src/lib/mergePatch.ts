/** Changes of one JSON object by two windows: what each changed, and both together. */

export type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Equal as JSON; null and undefined members count as absent. */
export function same(one: unknown, other: unknown): boolean {
  if (one == null || other == null) return one == other;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((each, index) => same(each, other[index]));
  if (!isMembers(one) || !isMembers(other)) return one === other;
  return namesOf(one, other).every((name) => same(one[name], other[name]));
}

/** The JSON Merge Patch (RFC 7396) from `before` to `after`: null removes a member. */
export function patchOf(before: Members, after: Members): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const name of namesOf(before, after)) {
    const [from, to] = [own(before, name), own(after, name)];
    if (same(from, to)) continue;
    patch[name] = isMembers(to) ? patchOf(isMembers(from) ? from : {}, to) : (to ?? null);
  }
  return patch;
}

export interface Clash {
  path: readonly string[];
  theirs: unknown;
}

/** Merges changes here and elsewhere since `base`. Where both changed one member, this window's value stays and the
 * clash is reported. */
export function bothOf(
  base: Members,
  mine: Members,
  theirs: Members,
  path: readonly string[] = [],
): { merged: Record<string, unknown>; clashes: Clash[] } {
  const merged: Record<string, unknown> = {};
  const clashes: Clash[] = [];
  for (const name of namesOf(mine, theirs)) {
    const [was, here, there] = [own(base, name), own(mine, name), own(theirs, name)];
    const place = [...path, name];
    let value = here;
    if (same(here, was)) value = there;
    else if (isMembers(here) && isMembers(there)) {
      const inner = bothOf(isMembers(was) ? was : {}, here, there, place);
      value = inner.merged;
      clashes.push(...inner.clashes);
    } else if (!same(there, was) && !same(there, here)) clashes.push({ path: place, theirs: there });
    if (value !== undefined) merged[name] = value;
  }
  return { merged, clashes };
}

const own = (members: Members, name: string): unknown => (Object.hasOwn(members, name) ? members[name] : undefined);

const namesOf = (one: Members, other: Members): string[] => [...new Set([...Object.keys(one), ...Object.keys(other)])];
