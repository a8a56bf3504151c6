/** What can be done with a recipe: its settings in a form, its picture as a start, its graph as a workflow. */
import { toast } from "sonner";

import { startFrom } from "@/actions/startFrom";
import type { Recipe } from "@/api/types";
import { forEditor } from "@/features/recipes/using";
import { go, hrefOf, routeOf } from "@/lib/route";
import { useGenerationStore } from "@/stores/generationStore";
import { useRecallStore } from "@/stores/recall";
import { useSessionStore, type SessionConfig } from "@/stores/sessionStore";

const UNDO_SHOWN_MS = 12_000;

export type Form = "editor" | "workbench";

/** The form that is on the screen, else the studio's editor. */
export const formHere = (): Form => (routeOf(location.hash).page === "workbench" ? "workbench" : "editor");

export function takeSettings(settings: Readonly<Record<string, unknown>>, form: Form): void {
  if (form === "editor") return intoEditor(settings);
  useRecallStore.setState({ recipe: settings });
  go({ page: "workbench" });
}

/** What stood there comes back by Undo. */
function intoEditor(settings: Readonly<Record<string, unknown>>): void {
  const cameFrom = location.hash;
  openEditor();
  const { sessionId, config, change } = useSessionStore.getState();
  const { prompt, negative_prompt, stage } = forEditor(settings);
  const { styles, wildcards } = config;
  change({ prompt, negative_prompt, styles: [], wildcards: false, stages: { ...config.stages, 0: stage } });
  toast("The picture's settings are in the editor", {
    duration: UNDO_SHOWN_MS,
    action: {
      label: "Undo",
      onClick: () => {
        if (useSessionStore.getState().sessionId !== sessionId) return;
        const { prompt: text, negative_prompt: negative, stages } = config;
        change({
          prompt: text,
          negative_prompt: negative,
          styles: styles ?? [],
          wildcards: wildcards ?? false,
          stages,
        });
        if (cameFrom !== location.hash) location.hash = cameFrom;
      },
    },
  });
}

/** The one on the screen if it is the first stage's, else that of a new session, where unsent words are still kept. */
function openEditor(): void {
  const { page } = routeOf(location.hash);
  const { session } = useGenerationStore.getState().live;
  const { sessionId, open } = useSessionStore.getState();
  const isOpen = sessionId && session?.id === sessionId && session.flow_type === "draft_grid" && !session.current_stage;
  const stays = page === "studio" && (!sessionId || isOpen);
  if (stays) return;
  if (sessionId) open(null);
  if (location.hash !== hrefOf({ page: "studio", sessionId: null })) go({ page: "studio", sessionId: null });
}

/** As the start of the form on the screen; an empty editor takes the picture's words along. Answers whether it was begun. */
export async function startFromFile(file: File, recipe: Recipe | null, form: Form): Promise<boolean> {
  if (form === "workbench") {
    useRecallStore.setState({ start: file });
    return true;
  }
  openEditor();
  const { start, prompt, negative_prompt } = useSessionStore.getState().config;
  const done = await startFrom(file, "image");
  if (!done) return false;
  const words = recipe && forEditor(recipe.settings);
  const { config, change } = useSessionStore.getState();
  if (words?.prompt && !config.prompt.trim())
    change({ prompt: words.prompt, negative_prompt: words.negative_prompt || negative_prompt });
  tellStart({ start, prompt, negative_prompt });
  return true;
}

function tellStart(before: Pick<SessionConfig, "start" | "prompt" | "negative_prompt">): void {
  const { sessionId, config, change } = useSessionStore.getState();
  toast(`The picture is in the editor${config.prompt.trim() ? "" : ": say what you want to see"}`, {
    duration: UNDO_SHOWN_MS,
    action: {
      label: "Undo",
      onClick: () => {
        const now = useSessionStore.getState();
        if (now.sessionId !== sessionId) return;
        const typed = now.config.prompt !== config.prompt || now.config.negative_prompt !== config.negative_prompt;
        change(typed ? { start: before.start } : before); // what was written meanwhile stays
      },
    },
  });
}
