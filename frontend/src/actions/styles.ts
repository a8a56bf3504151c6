/** Saved styles and characters: chosen for the open session, kept, deleted and brought back. */
import { toast } from "sonner";

import { get, post, request } from "@/api/client";
import type { Generation, StyleList, StyleOut } from "@/api/types";
import { stageOf, useSessionStore } from "@/stores/sessionStore";
import { useLibraryStore, type StyleDraft } from "@/stores/libraryStore";

export const listStyles = async (): Promise<readonly StyleOut[]> => (await get<StyleList>("/api/styles")).styles;

/** Asks for its name and keeps it; any screen may call this with what it has. */
export const saveStyle = (draft: StyleDraft, saved?: (style: StyleOut) => void): void =>
  useLibraryStore.getState().open({ what: "save", draft, saved });

/** The prompt panel as a style. */
export function saveStyleOfPanel(stage: number): void {
  const { config, flows } = useSessionStore.getState();
  const { loras, checkpoint } = stageOf(flows, config, stage) ?? {};
  saveStyle({
    name: "",
    text: config.prompt,
    negative_prompt: config.negative_prompt,
    loras: (loras ?? []).map(({ name, strength_model }) => ({ name, strength_model })),
    checkpoint: checkpoint ?? null,
  });
}

/** A picture as a style, with itself to show it. */
export function saveStyleOf(generation: Generation): void {
  const written = generation.written ?? generation;
  saveStyle({
    name: "",
    text: written.prompt,
    negative_prompt: written.negative_prompt,
    loras: generation.loras,
    checkpoint: generation.checkpoint,
    thumbnail_id: generation.image_url ? generation.id : null,
  });
}

export const chosenStyles = (): readonly string[] => useSessionStore.getState().config.styles ?? [];

export function toggleStyle(name: string): void {
  const chosen = chosenStyles();
  const styles = chosen.includes(name)
    ? chosen.filter((each) => each !== name)
    : [...chosen, name].slice(-MOST_APPLIED);
  useSessionStore.getState().change({ styles });
}

/** As many as the hub lays over a prompt. */
const MOST_APPLIED = 10;

/** Says that it is kept, with a way back. */
export function tellKept(style: StyleOut): void {
  const undo = () => void deleteStyle(style, () => undefined);
  toast(`“${style.name}” is kept: choose it under Styles in any flow`, { action: { label: "Undo", onClick: undo } });
}

/** Deletes it with a way back; `changed`: the list is another one. */
export async function deleteStyle(style: StyleOut, changed: () => void): Promise<void> {
  const told = (error: unknown) => toast.error(error instanceof Error ? error.message : String(error));
  try {
    await request("DELETE", `/api/styles/${style.id}`);
  } catch (error) {
    return void told(error);
  }
  const before = chosenStyles();
  if (before.includes(style.name)) toggleStyle(style.name);
  changed();
  const undo = async () => {
    await post(`/api/styles/${style.id}/restore`);
    useSessionStore.getState().change({ styles: [...before] });
    changed();
  };
  toast(`“${style.name}” is deleted`, { action: { label: "Undo", onClick: () => void undo().catch(told) } });
}
