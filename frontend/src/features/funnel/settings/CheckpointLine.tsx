import { useState } from "react";

import { withTicket } from "@/api/client";
import { Button } from "@/components/Button";
import { CheckpointPicker } from "@/features/funnel/settings/CheckpointPicker";
import { whereItIs } from "@/features/funnel/settings/offered";
import { STAGES } from "@/lib/stages";
import { modelName } from "@/lib/format";
import { useGpuStore } from "@/stores/gpuStore";
import { useModels } from "@/stores/modelStore";
import { presetStage, stageOf, useSessionStore } from "@/stores/sessionStore";
import { startsFromPicture } from "@/stores/startPicture";

/** With which file the stage is drawn, on how many cards, and the way to another one; what stands in a stage's way. */
export function CheckpointLine({ stage }: { stage: number }) {
  const [open, setOpen] = useState(false);
  const models = useModels();
  const gpus = useGpuStore((store) => store.gpus);
  const { flows, config } = useSessionStore();
  const settings = stageOf(flows, config, stage);
  if (!models || !settings) return null;
  const family = models.families.find((each) => each.family === settings.model_family);
  const found = startsFromPicture(config, stage) ? family?.from_picture : family?.from_text;
  const name = settings.checkpoint ?? found?.file ?? null;
  const file = models.files.find((each) => each.name === name && each.folder !== "loras");
  const gone = name !== null && !file;
  return (
    <div className="grid gap-1 text-sm" data-checkpoint={name ?? ""}>
      <div className="flex items-center gap-2 rounded-lg border border-line p-2">
        {file?.last && (
          <img src={withTicket(file.last.thumbnail_url)} alt="" className="size-10 shrink-0 rounded object-cover" />
        )}
        <p className="min-w-0 grow">
          <span className="block truncate font-medium" title={name ?? undefined}>
            {name ? modelName(name) : "No checkpoint"}
          </span>
          <span className="block truncate text-xs text-soft">
            {settings.model_family}
            {file && ` · on ${whereItIs(file, gpus)}`}
            {gone && " · on no card now"}
          </span>
        </p>
        <Button aria-label="Choose a checkpoint" onClick={() => setOpen(true)}>
          {name && !gone ? "Change" : "Choose"}
        </Button>
      </div>
      {!name && found && <p className="text-xs text-warm">{found.why}</p>}
      <StageNotes />
      {open && <CheckpointPicker stage={stage} models={models} onClose={() => setOpen(false)} />}
    </div>
  );
}

/** Each stage that another family stands in for, or that cannot be drawn, before anybody gets there. */
function StageNotes() {
  const { flows, config } = useSessionStore();
  const notes = new Map<string, string[]>();
  STAGES.forEach(({ name }, index) => {
    const preset = presetStage(flows, config, index);
    if (!preset?.note || config.stages[index]?.model_family || config.stages[index]?.checkpoint) return;
    notes.set(preset.note, [...(notes.get(preset.note) ?? []), name]);
  });
  return [...notes].map(([note, stages]) => (
    <p key={note} className="text-xs text-warm">
      {stages.join(", ")}: {note}
    </p>
  ));
}
