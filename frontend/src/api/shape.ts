/** Whether a value is built as the hub's OpenAPI document says; for what comes without having been asked for. */
import { shapes } from "@/api/schema.runtime.json";

/** As much of JSON Schema as `generate.mjs` leaves over. */
interface Shape {
  type?: string;
  $ref?: string;
  const?: unknown;
  properties?: Readonly<Record<string, Shape>>;
  required?: readonly string[];
  items?: Shape;
  prefixItems?: readonly Shape[];
  additionalProperties?: Shape;
  anyOf?: readonly Shape[];
  /** One shape for each value of the property `type`. */
  byType?: Readonly<Record<string, Shape>>;
}

const ANYTHING: Shape = {};

const SHAPES: Readonly<Record<string, Shape>> = shapes;

export type Stream = "LiveMessage" | "JobMessage";

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether the stream has messages of this type; a later hub may have more. */
export const isKnown = (stream: Stream, type: string): boolean => Object.hasOwn(SHAPES[stream]?.byType ?? {}, type);

/** Where the message is not what its type promises, as a path; null where it is. Of enums any text will do. */
export const misfit = (stream: Stream, message: unknown): string | null =>
  misfitOf({ $ref: stream }, message, "message");

function misfitOf(shape: Shape, value: unknown, at: string): string | null {
  if (shape === ANYTHING) return null; // not looked into, however deep it is
  if (shape.$ref !== undefined) return misfitOf(SHAPES[shape.$ref] ?? ANYTHING, value, at);
  if (shape.byType) {
    const one = isObject(value) && typeof value["type"] === "string" ? shape.byType[value["type"]] : undefined;
    return one ? misfitOf(one, value, at) : at;
  }
  if (shape.anyOf) return shape.anyOf.some((each) => misfitOf(each, value, at) === null) ? null : at;
  if (shape.const !== undefined && shape.const !== value) return at;
  if (!isOfType(shape.type, value)) return at;
  if (Array.isArray(value)) return misfitOfList(shape, value, at);
  return isObject(value) ? misfitOfObject(shape, value, at) : null;
}

function isOfType(type: string | undefined, value: unknown): boolean {
  switch (type) {
    case undefined:
      return true;
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function misfitOfList({ items, prefixItems = [] }: Shape, list: readonly unknown[], at: string): string | null {
  if (list.length < prefixItems.length) return at;
  const shapeAt = (index: number): Shape => prefixItems[index] ?? items ?? ANYTHING;
  return first(list, (each, index) => misfitOf(shapeAt(index), each, `${at}[${index}]`));
}

function misfitOfObject(shape: Shape, value: Readonly<Record<string, unknown>>, at: string): string | null {
  const { properties = {}, required = [], additionalProperties = ANYTHING } = shape;
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${at}.${missing}`;
  return first(Object.keys(value), (name) =>
    misfitOf(
      Object.hasOwn(properties, name) ? (properties[name] ?? ANYTHING) : additionalProperties,
      value[name],
      `${at}.${name}`,
    ),
  );
}

function first<Item>(items: readonly Item[], look: (item: Item, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const found = look(item, index);
    if (found !== null) return found;
  }
  return null;
}
