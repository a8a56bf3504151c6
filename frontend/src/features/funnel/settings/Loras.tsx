import { useCallback, useEffect, type ComponentProps } from "react";

import { hasWord, toggleTriggerWord } from "@/actions/wording/triggerWords";
import { LoraPicker, type TriggerTarget } from "@/components/loras/LoraPicker";
import { lookAtLora, lookAtLoras, useLoraStore } from "@/stores/loraStore";
import { unsuitedLoras, useModels } from "@/stores/modelStore";
import { useSessionStore } from "@/stores/sessionStore";
import { useFleetLoras } from "@/stores/useFleetLoras";

type Props = Pick<ComponentProps<typeof LoraPicker>, "loras" | "most" | "onChange"> & { family: string };

/** The LoRAs of a stage, with what their files tell; trigger words go into the prompt. */
export function Loras({ family, ...props }: Props) {
  const models = useModels();
  const cards = useLoraStore((store) => store.cards);
  const prompt = useSessionStore(({ config }) => config.prompt);
  const names = props.loras.map(({ name }) => name).join("\n");
  useEffect(() => {
    for (const name of names.split("\n")) if (name) void lookAtLora(name);
  }, [names]);
  const look = useCallback((search: string) => void lookAtLoras(search, family), [family]);
  const words: TriggerTarget = { has: (word) => hasWord(prompt, word), toggle: toggleTriggerWord };
  return (
    <LoraPicker
      {...props}
      files={useFleetLoras()}
      unsuited={unsuitedLoras(models, family)}
      cards={cards}
      words={words}
      onLook={look}
    />
  );
}
