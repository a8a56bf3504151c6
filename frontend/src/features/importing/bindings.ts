/** Which input of the graph takes which parameter: what the hub found, with what a person has corrected; pure. */
import type { ImportDoubt, ImportPreview } from "@/api/types";
import { PARAMETERS } from "@/features/importing/roles";
import { cut } from "@/lib/text";

/** By parameter: `<graph node id>.<input>`, or null: none takes it. */
export type Corrections = Readonly<Record<string, string | null>>;

export interface Place {
  /** `<graph node id>.<input>`. */
  bind: string;
  node: string;
  input: string;
  value: unknown;
  why: string;
}

export interface Bound {
  parameter: string;
  /** One at least. */
  places: readonly Place[];
  corrected: boolean;
}

type Found = Pick<ImportPreview, "findings" | "unsure" | "drawing">;

export const bindOf = (node: string, input: string): string => `${node}.${input}`;

/** In the order of a form. */
export function boundIn({ findings, drawing }: Found, corrections: Corrections): readonly Bound[] {
  const places = new Map<string, Place[]>();
  for (const { parameter, graph_node_id: node, input, value, why } of findings) {
    if (parameter in corrections) continue;
    const bind = bindOf(node, input);
    const place = { bind, node, input, value: value ?? placeIn(drawing, bind)?.value, why };
    places.set(parameter, [...(places.get(parameter) ?? []), place]);
  }
  for (const [parameter, bind] of Object.entries(corrections)) {
    const place = bind === null ? null : placeIn(drawing, bind);
    if (place) places.set(parameter, [place]);
  }
  const rank = ([parameter]: [string, unknown]) =>
    PARAMETERS.includes(parameter) ? PARAMETERS.indexOf(parameter) : PARAMETERS.length;
  return [...places]
    .sort((one, other) => rank(one) - rank(other))
    .map(([parameter, each]) => ({ parameter, places: each, corrected: parameter in corrections }));
}

/** Whether it is among what the author of the file chose for people. */
export const isChosenByAuthor = (found: Pick<ImportPreview, "public">, bind: string): boolean =>
  found.public.some(({ graph_node_id: node, input }) => bindOf(node, input) === bind);

/** The questions that nobody has answered yet. */
export const openQuestions = ({ unsure }: Pick<ImportPreview, "unsure">, corrections: Corrections): ImportDoubt[] =>
  unsure.filter(({ parameter }) => !(parameter in corrections));

/** Parameters that could be bound as well. */
export const unboundIn = (bound: readonly Bound[]): string[] =>
  PARAMETERS.filter((each) => !bound.some(({ parameter }) => parameter === each));

/** An input takes one parameter: another one that had it loses it. */
export function corrected(
  bound: readonly Bound[],
  now: Corrections,
  parameter: string,
  bind: string | null,
): Corrections {
  const losers = bind === null ? [] : bound.filter((each) => each.places.some((place) => place.bind === bind));
  const lost = losers.filter((each) => each.parameter !== parameter && each.places.length === 1);
  return { ...now, ...Object.fromEntries(lost.map((each) => [each.parameter, null])), [parameter]: bind };
}

function placeIn({ nodes }: Found["drawing"], bind: string): Place | null {
  for (const { id, inputs } of nodes) {
    const input = inputs.find(({ name }) => bindOf(id, name) === bind);
    if (input) return { bind, node: id, input: input.name, value: input.value, why: "you chose it" };
  }
  return null;
}

/** An input's value in few words. */
export function valueText(value: unknown, length = 60): string {
  if (typeof value === "string") return value.trim() ? `“${cut(value, length)}”` : "empty";
  // larger ones are kept to the last digit, but not by a browser
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return `about ${(value as number).toPrecision(3)}`;
  return cut(value === undefined ? "" : JSON.stringify(value), length);
}

/** What a graph node is called: its own title, if somebody gave it one. */
export const nodeName = ({
  id,
  title,
  class_type: kind,
}: Pick<Found["drawing"]["nodes"][number], "id" | "title" | "class_type">): string =>
  title && title !== kind ? `${title} (${kind} ${id})` : `${kind} ${id}`;

const NAME_LENGTH = 64;

/** What a workflow may be called, after its file. */
export const suggestedName = (file: string): string =>
  file
    .replace(/\.[^.]*$/, "")
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "_")
    .replace(/^[^a-z0-9]+|_+$/g, "")
    .slice(0, NAME_LENGTH) || "imported";

/** A name of its own for each: what is taken, or comes twice, gets a number. */
export function namesFor(wanted: readonly string[], taken: readonly string[]): readonly string[] {
  const names = new Set(taken);
  return wanted.map((each) => {
    let [name, number] = [each, 1];
    while (names.has(name)) name = `${each.slice(0, NAME_LENGTH - 4)}_${++number}`;
    names.add(name);
    return name;
  });
}
