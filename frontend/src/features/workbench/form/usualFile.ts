/** The checkpoint that the hub uses for a task that names none. */
import type { Catalog, Models, TaskType } from "@/api/types";
import type { FormField } from "@/features/workbench/draft/formSchema";
import { namesIn } from "@/features/workbench/draft/useTaskTypes";

/** The field with the fleet's file as its default: the person's last choice, else the hub's. */
export function withUsualFile(
  field: FormField,
  type: TaskType,
  models: Models | null,
  catalog: Catalog | null,
): FormField {
  const family = models?.families.find((each) => each.family === type.families[0]);
  if (field.name !== "checkpoint" || !family) return field;
  const found = type.operation === "txt2img" ? family.from_text : family.from_picture;
  const names = new Set((namesIn(catalog, field.catalog) ?? []).map(({ name }) => name));
  const file = [family.preferred, field.fallback, found.file].find(
    (each) => typeof each === "string" && names.has(each),
  );
  return file === undefined ? field : { ...field, fallback: file };
}
