/** Asks for pictures of the Explorer, so that they can be taken back and found again. */
import { toast } from "sonner";

import { cancelBatch, inWords } from "@/actions/batches";
import { postOnce } from "@/api/client";
import type { Batch } from "@/api/types";
import { plural } from "@/lib/format";
import { useGenerationStore } from "@/stores/generationStore";

/** Null where it was refused, which is shown. */
export async function submitPictures(path: string, body: object): Promise<Batch | null> {
  try {
    const batch = await postOnce<Batch>(path, body);
    useGenerationStore.getState().addBatch(batch);
    toast(`${plural(batch.total, "picture")} asked for`, {
      cancel: { label: "Cancel", onClick: () => void cancelBatch(batch.batch_id) },
    });
    return batch;
  } catch (error) {
    toast.error(error instanceof Error ? inWords(error) : String(error));
    return null;
  }
}
