import { saveStyleOfPanel } from "@/actions/styles";
import { LaidOver } from "@/actions/wording/LaidOver";
import { Button } from "@/components/Button";
import { useLibraryStore } from "@/stores/libraryStore";
import { useSessionStore } from "@/stores/sessionStore";

/** What is laid over the prompt, and the ways to earlier prompts and saved styles. */
export function PromptTools({ stage }: { stage: number }) {
  const written = useSessionStore(({ config }) => config.prompt.trim() !== "");
  return (
    <LaidOver>
      <Button look="quiet" onClick={() => useLibraryStore.getState().open({ what: "history" })}>
        Earlier prompts
      </Button>
      <Button look="quiet" disabled={!written} onClick={() => saveStyleOfPanel(stage)}>
        Save as style
      </Button>
    </LaidOver>
  );
}
