import { useState } from "react";
import { toast } from "sonner";

import type { ModelFile, Models } from "@/api/types";
import { Modal } from "@/components/Modal";
import { CheckpointRow } from "@/features/funnel/settings/CheckpointRow";
import { plural } from "@/lib/format";
import { STAGES } from "@/lib/stages";
import { useModelStore } from "@/stores/modelStore";
import { stageOf, useSessionStore } from "@/stores/sessionStore";
import { startsFromPicture } from "@/stores/startPicture";

interface Props {
  stage: number;
  models: Models;
  onClose: () => void;
}

/** Every checkpoint of the fleet: those of the stage's family first, those that may be of it, then the others. */
export function CheckpointPicker({ stage, models, onClose }: Props) {
  const { flows, config, changeStage } = useSessionStore();
  const [search, setSearch] = useState("");
  const family = stageOf(flows, config, stage)?.model_family ?? "";
  const fromPicture = startsFromPicture(config, stage);
  const choose = (file: string) =>
    toldIfNot(async () => {
      await useModelStore.getState().prefer(family, file);
      STAGES.forEach((_, each) => {
        if (stageOf(flows, config, each)?.model_family === family) changeStage(each, { checkpoint: file });
      });
      onClose();
    });
  const sayFamily = (file: string, said: string | null) =>
    toldIfNot(() => useModelStore.getState().sayFamily(file, said));
  const files = models.files
    .filter((each) => each.folder !== "loras" && each.name.toLowerCase().includes(search.trim().toLowerCase()))
    .sort((one, other) => rank(one, family) - rank(other, family));
  return (
    <Modal
      title="Checkpoint"
      description="What this family is drawn with; remembered for the next session."
      onClose={onClose}
    >
      <div className="grid gap-3">
        <label className="flex items-center gap-2 text-sm">
          Model family
          <select
            className="field w-auto"
            value={family}
            onChange={({ target }) => changeStage(stage, { model_family: target.value, checkpoint: null })}
          >
            {[...new Set([family, ...offered(models, fromPicture)])].map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <input
          type="search"
          className="field"
          aria-label="Search checkpoints"
          placeholder={`Search ${plural(files.length, "file")}`}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <ul className="grid gap-1" aria-label="Checkpoints that the fleet has">
          {files.map((file) => (
            <CheckpointRow
              key={`${file.folder} ${file.name}`}
              {...{ file, fromPicture, family, models }}
              onChoose={choose}
              onFamily={sayFamily}
            />
          ))}
          {!files.length && <li className="text-sm text-soft">No card lists one of that name.</li>}
        </ul>
      </div>
    </Modal>
  );
}

/** Families that the fleet can draw, or could if one of its files was assigned to them. */
const offered = (models: Models, fromPicture: boolean): string[] =>
  models.families
    .filter((each) => {
      const { file, unsure } = fromPicture ? each.from_picture : each.from_text;
      return file !== null || unsure.length > 0;
    })
    .map(({ family }) => family);

/** Do it, or show why it was refused. */
async function toldIfNot(deed: () => Promise<void>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    toast.error(error instanceof Error ? error.message : String(error));
  }
}

function rank(file: ModelFile, family: string): number {
  if (file.special) return 3;
  return file.family === family ? 0 : file.family === null ? 1 : 2;
}
