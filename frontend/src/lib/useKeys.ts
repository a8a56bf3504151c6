import { useHotkeys } from "react-hotkeys-hook";

import { isTyping, KEYS } from "@/lib/keys";

export type KeyName = keyof typeof KEYS;
export type Handlers = Partial<Record<KeyName, () => void>>;

/** Listen for keys of the table, by name. A control with the focus keeps Space and Enter, a text keeps everything. */
export function useKeys(handlers: Handlers, enabled = true): void {
  const names = Object.keys(handlers) as KeyName[];
  const byKey = new Map(
    names.filter((name) => name !== "help").map((name) => [KEYS[name].keys as string, handlers[name]]),
  );
  useHotkeys(
    [...byKey.keys()],
    (event, { hotkey }) => {
      const own = event.target instanceof HTMLElement && event.target.closest("[data-keys]");
      const pressed = event.key === " " || event.key === "Enter";
      const control = event.target instanceof HTMLElement && event.target.closest("button, a, summary, [role=slider]");
      if (isTyping(event.target) || (control && !own && (pressed || event.key.startsWith("Arrow")))) return;
      const handler = byKey.get(hotkey);
      if (!handler) return;
      event.preventDefault();
      handler();
    },
    { enabled, enableOnFormTags: false },
    [handlers],
  );
  // where a sign lies differs from keyboard to keyboard: this one is told by what it types
  useHotkeys(KEYS.help.keys, () => handlers.help?.(), { enabled: enabled && !!handlers.help, useKey: true }, [
    handlers,
  ]);
}
