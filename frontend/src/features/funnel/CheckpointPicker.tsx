import { useState } from "react";
import { toast } from "sonner";

import { withTicket } from "@/api/client";
import type { ModelFile, Models } from "@/api/types";
import { Modal } from "@/components/Modal";
import { modelName, plural } from "@/lib/format";
import { useModelStore } from "@/stores/modelStore";
import { stageOf, useSessionStore } from "@/stores/sessionStore";

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
  const choose = async (file: string) => {
    try {
      await useModelStore.getState().prefer(family, file);
      [0, 1, 2, 3]
        .filter((each) => stageOf(flows, config, each)?.model_family === family)
        .forEach((each) => changeStage(each, { checkpoint: file }));
      onClose();
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    }
  };
  const files = models.files
    .filter((each) => each.folder !== "loras" && each.name.toLowerCase().includes(search.trim().toLowerCase()))
    .sort((one, other) => rank(one, family) - rank(other, family));
  const drawn = models.families.filter((each) => (stage > 0 ? each.from_picture : each.from_text).file);
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
            {[...new Set([family, ...drawn.map((each) => each.family)])].map((each) => (
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
            <Row key={`${file.folder} ${file.name}`} file={file} family={family} onChoose={choose} />
          ))}
          {!files.length && <li className="text-sm text-soft">No card lists one of that name.</li>}
        </ul>
      </div>
    </Modal>
  );
}

function rank(file: ModelFile, family: string): number {
  if (file.special) return 3;
  return file.family === family ? 0 : file.family === null ? 1 : 2;
}

function Row({ file, family, onChoose }: { file: ModelFile; family: string; onChoose: (name: string) => unknown }) {
  const other = file.family !== null && file.family !== family;
  const why = file.special
    ? `made for ${file.special}, not for whole pictures`
    : other
      ? `of ${file.family}; choose that family above to draw with it`
      : file.family === null
        ? `its name does not tell the family; choose it if it is of ${family}`
        : `${file.family}, ${file.why}`;
  return (
    <li>
      <button
        type="button"
        disabled={other || file.special !== null}
        className="flex w-full items-center gap-3 rounded-lg p-2 text-left text-sm enabled:hover:bg-raised disabled:opacity-60"
        onClick={() => void onChoose(file.name)}
      >
        {file.last ? (
          <img src={withTicket(file.last.thumbnail_url)} alt="" className="size-12 rounded object-cover" />
        ) : (
          <span className="size-12 shrink-0 rounded bg-raised" />
        )}
        <span className="min-w-0 grow">
          <span className="block truncate font-medium" title={file.name}>
            {modelName(file.name)}
          </span>
          <span className="block text-xs text-soft">{why}</span>
        </span>
        <span className="shrink-0 text-xs text-soft" title={file.nodes.join(", ")}>
          {plural(file.nodes.length, "card")}
        </span>
      </button>
    </li>
  );
}
