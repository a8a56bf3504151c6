import { useHotkeys } from "react-hotkeys-hook";

import { isTyping, KEYS } from "@/lib/keys";

export type KeyName = keyof typeof KEYS;
export type Handlers = Partial<Record<KeyName, () => void>>;

/** Listen for keys of the table, by name. A control with the focus keeps Space and Enter, a text keeps everything. */
export function useKeys(handlers: Handlers, enabled = true): void {
  const names = Object.keys(handlers) as KeyName[];
  const byKey = new Map(names.map((name) => [KEYS[name].keys as string, handlers[name]]));
  const listen = (event: KeyboardEvent, { hotkey }: { hotkey: string }) => {
    const handler = byKey.get(hotkey);
    if (!handler || isTyping(event.target) || isTheControls(event)) return;
    event.preventDefault();
    handler();
  };
  // letters differ between keyboard layouts, so they are compared by what they type, other keys by their position
  const isLetter = (each: string) => each.replace("shift+", "").length === 1;
  const letters = [...byKey.keys()].filter(isLetter);
  const others = [...byKey.keys()].filter((each) => !isLetter(each));
  useHotkeys(letters, listen, { enabled: enabled && letters.length > 0, useKey: true }, [handlers]);
  useHotkeys(others, listen, { enabled: enabled && others.length > 0 }, [handlers]);
}

/** Whether the focused control uses the key; tiles of the grid leave all keys to the grid. */
function isTheControls({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || target.closest("[data-keys]")) return false;
  if (key === " " || key === "Enter") return target.closest("button, a, summary") !== null;
  return key.startsWith("Arrow") && target.closest("[role=slider], [role=tab], [type=radio]") !== null;
}
