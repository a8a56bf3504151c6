/** The fields of a form, from the JSON Schema of a task type's inputs. */

export type FieldKind =
  "text" | "long" | "name" | "node" | "number" | "boolean" | "choice" | "seed" | "picture" | "loras";

export interface FormField {
  name: string;
  kind: FieldKind;
  title: string;
  description: string;
  required: boolean;
  /** Folded away, since few people change it. */
  advanced: boolean;
  /** The value of an empty field; null: the hub or the workflow decides. */
  fallback: string | number | boolean | null;
  minimum: number | null;
  maximum: number | null;
  step: number | null;
  options: readonly (string | number | boolean)[];
  /** Where the catalog lists the names. */
  catalog: string | null;
  isMask: boolean;
  /** Most items of a list. */
  most: number;
}

type Record_ = Readonly<Record<string, unknown>>;

export const recordOf = (value: unknown): Record_ =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record_) : {};

/** In the order of the schema; inputs that no form can show are left out. */
export function fieldsOf(schema: Record_): FormField[] {
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  return Object.entries(recordOf(schema["properties"])).flatMap(([name, property]) => {
    const about = recordOf(property);
    const kind = kindOf(about);
    return kind ? [{ ...fieldOf(name, about), kind, required: required.has(name) }] : [];
  });
}

function fieldOf(name: string, about: Record_): Omit<FormField, "kind" | "required"> {
  return {
    name,
    title: textOf(about["title"]) ?? name.replaceAll("_", " "),
    description: textOf(about["description"]) ?? "",
    advanced: about["x-advanced"] === true,
    fallback: plainOf(about["default"]),
    minimum: numberOf(about["minimum"]),
    maximum: numberOf(about["maximum"]),
    step: numberOf(about["multipleOf"]) ?? numberOf(about["x-step"]) ?? (about["type"] === "integer" ? 1 : null),
    options: optionsOf(about["enum"] ?? about["examples"]),
    catalog: textOf(about["x-catalog"]),
    isMask: about["x-picture"] === "mask",
    most: numberOf(about["maxItems"]) ?? Infinity,
  };
}

function kindOf(about: Record_): FieldKind | null {
  if (about["x-picture"]) return "picture";
  if (about["x-seed"]) return "seed";
  if (about["x-node"]) return "node";
  if (Array.isArray(about["enum"])) return "choice";
  switch (about["type"]) {
    case "boolean":
      return "boolean";
    case "integer":
    case "number":
      return "number";
    case "array":
      return about["x-catalog"] === "loras" ? "loras" : null;
    case "string":
      if (about["x-multiline"]) return "long";
      return about["x-catalog"] || Array.isArray(about["examples"]) ? "name" : "text";
    default:
      return null;
  }
}

/** What is wrong with a number outside its range; undefined when it is inside. */
export function outside(value: unknown, { minimum, maximum }: FormField): string | undefined {
  if (typeof value !== "number") return undefined;
  const [low, high] = [minimum ?? -Infinity, maximum ?? Infinity];
  if (value >= low && value <= high) return undefined;
  if (maximum === null) return `At least ${minimum}`;
  return minimum === null ? `At most ${maximum}` : `From ${minimum} to ${maximum}`;
}

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const numberOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
const optionsOf = (value: unknown): FormField["options"] =>
  Array.isArray(value) ? value.map(plainOf).filter((each) => each !== null) : [];
const plainOf = (value: unknown): string | number | boolean | null =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
