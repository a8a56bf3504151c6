import { Button } from "@/components/Button";
import { picturesIn, taskOutputOf, type Inputs } from "@/features/workbench/draft/draft";
import { useDraftStore } from "@/features/workbench/draft/draftStore";
import type { FormField } from "@/features/workbench/draft/formSchema";
import { uploadedInput } from "@/features/workbench/draft/uploads";
import { usePaintingStore } from "@/stores/paintingStore";

/** Paints the mask over the task's picture, where that is there already. */
export function PaintMask({ field, task }: { field: FormField; task: number }) {
  const picture = useDraftStore(({ draft }) => pictureBeneath(draft[task]?.inputs ?? {}, field.name));
  if (!picture) return <span className="text-xs text-soft">To paint it here, choose the picture first.</span>;
  const take = (id: string) => useDraftStore.getState().setInput(task, field.name, [uploadedInput(id, "Painted mask")]);
  return (
    <Button onClick={() => usePaintingStore.getState().open({ picture, generation: null, take })}>
      Paint the mask
    </Button>
  );
}

/** The first picture of the other inputs, without its `@`; results of tasks that are still to run have none. */
function pictureBeneath(inputs: Inputs, mask: string): string | null {
  const others = Object.entries(inputs).filter(([name]) => name !== mask);
  const found = others.flatMap(([, value]) => picturesIn(value)).find(({ reference }) => !taskOutputOf(reference));
  return found?.reference.slice(1) ?? null;
}
