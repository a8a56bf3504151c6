/** Task types, sorted for people to choose among. */
import type { Operation, TaskType } from "@/api/types";
import { fieldsOf, type FormField } from "@/features/workbench/draft/formSchema";

const OPERATIONS: Readonly<Record<Operation, string>> = {
  txt2img: "Text to image",
  img2img: "Image to image",
  inpaint: "Inpaint",
  hires_fix: "Hires fix",
  controlnet: "ControlNet",
  upscale: "Upscale",
  preprocess: "Preprocess",
};

const OWN = "workflow.";
const ANY = "any";

export function titleOf({ type, operation }: Pick<TaskType, "type" | "operation">): string {
  if (type.startsWith(OWN)) return type.slice(OWN.length);
  const [, variant = ""] = /^upscale\.(.+)$/.exec(type) ?? [];
  return [OPERATIONS[operation] ?? operation, variant].filter(Boolean).join(" · ");
}

export interface Group {
  family: string;
  title: string;
  types: TaskType[];
}

/** By each type's usual family, in the hub's order; types without one come last. */
export function grouped(types: readonly TaskType[]): Group[] {
  const groups = new Map<string, TaskType[]>();
  for (const each of types) {
    const family = each.families[0] ?? ANY;
    groups.set(family, [...(groups.get(family) ?? []), each]);
  }
  return [...groups]
    .map(([family, members]) => ({ family, title: family === ANY ? "Any picture" : family, types: members }))
    .sort((one, other) => Number(one.family === ANY) - Number(other.family === ANY));
}

/** The type of this workflow alone, for others draw with it only where they have no better one; else one that has it. */
export const typeOf = (types: readonly TaskType[], workflow: string): TaskType | undefined =>
  types.find(({ type }) => type === OWN + workflow) ?? types.find(({ workflows }) => workflows.includes(workflow));

/** The type for newcomers: needs only a prompt, and most nodes can run it. */
export function firstOf(types: readonly TaskType[]): TaskType | undefined {
  const drawing = types.filter(({ operation }) => operation === "txt2img");
  return drawing.toSorted((one, other) => other.nodes.length - one.nodes.length)[0] ?? types[0];
}

const known = new WeakMap<TaskType, FormField[]>();

export function fieldsFor(type: TaskType): FormField[] {
  const fields = known.get(type) ?? fieldsOf(type.inputs_schema);
  known.set(type, fields);
  return fields;
}

export const pictureFields = (type: TaskType): FormField[] => fieldsFor(type).filter(({ kind }) => kind === "picture");

/** Types that can start from a picture. */
export const takingPictures = (types: readonly TaskType[]): TaskType[] =>
  types.filter((each) => pictureFields(each).length > 0);

/** The field for a picture: the first that is not for masks. */
export const firstPictureField = (type: TaskType): FormField | undefined =>
  pictureFields(type).find(({ isMask }) => !isMask) ?? pictureFields(type)[0];

/** The type for settings that start from words alone: of their family, and the shown one where it will do. */
export function forWords(types: readonly TaskType[], family: unknown, shown: string | undefined): TaskType | undefined {
  const drawing = types.filter(({ operation }) => operation === "txt2img");
  const suited = typeof family === "string" ? drawing.filter(({ families }) => families.includes(family)) : [];
  const able = suited.length ? suited : drawing;
  return able.find(({ type }) => type === shown) ?? firstOf(able);
}

/** The type for a picture that is started from: of the shown one's family where there is one. */
export function forPicture(types: readonly TaskType[], shown: string | undefined): TaskType | undefined {
  const family = types.find(({ type }) => type === shown)?.families[0] ?? "";
  const starting = takingPictures(types).filter(({ operation }) => operation === "img2img");
  return starting.find(({ families }) => families.includes(family)) ?? starting[0] ?? takingPictures(types)[0];
}
