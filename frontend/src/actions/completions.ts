/** What a chosen completion does: most are words, a LoRA is added to the settings, a style is laid over the prompt. */
import { offerTriggerWord } from "@/actions/wording/triggerWords";
import { chosenStyles, toggleStyle } from "@/actions/styles";
import type { Completion } from "@/api/types";
import { stageOf, useSessionStore } from "@/stores/sessionStore";

/** Does it, and answers what stands in the prompt for it. */
export function insertOf({ kind, insert }: Completion, stage: number): string {
  if (kind === "style" || kind === "character") {
    if (!chosenStyles().includes(insert)) toggleStyle(insert);
    return "";
  }
  if (kind === "lora") {
    const { flows, config, changeStage } = useSessionStore.getState();
    const loras = stageOf(flows, config, stage)?.loras ?? [];
    if (!loras.some(({ name }) => name === insert))
      changeStage(stage, { loras: [...loras, { name: insert, strength_model: 1 }] });
    void offerTriggerWord(insert);
    return "";
  }
  if (kind === "wildcard") useSessionStore.getState().change({ wildcards: true });
  return insert;
}
