import { useEffect } from "react";

import type { Painter } from "@/features/mask/easel";
import { maskKeyOf, type Screen } from "@/features/mask/keys";
import { isTyping } from "@/lib/keys";

/** The keys of the painter while it is open; what lies beneath it hears none. Texts and controls keep theirs. */
export function useMaskKeys(painter: Painter, screen: Screen, enabled: boolean): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === "Escape" || event.key === "Tab" || isOfText(event)) return;
      event.stopPropagation();
      const key = enabled ? maskKeyOf(event) : undefined;
      if (!key || event.altKey || isOfControl(event)) return;
      event.preventDefault();
      key.run(painter, screen, event.key.toLowerCase());
    };
    window.addEventListener("keydown", listen, { capture: true });
    return () => window.removeEventListener("keydown", listen, { capture: true });
  }, [painter, screen, enabled]);
}

const isSlider = (target: EventTarget | null): boolean => target instanceof HTMLInputElement && target.type === "range";

const isOfText = ({ target }: KeyboardEvent): boolean => isTyping(target) && !isSlider(target);

function isOfControl({ key, target }: KeyboardEvent): boolean {
  if (isSlider(target)) return key.startsWith("Arrow");
  return (key === " " || key === "Enter") && target instanceof HTMLElement && target.closest("button, a") !== null;
}
