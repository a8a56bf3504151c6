/** Every key of the studio in one table, for the handlers and the `?` dialog. */

export interface Key {
  keys: string;
  /** Empty: told with another one. */
  shown: string;
  does: string;
  where: "Grid" | "Cards" | "Map" | "Viewer" | "Everywhere";
}

export const KEYS = {
  left: { keys: "left", shown: "←", does: "The picture to the left", where: "Grid" },
  right: { keys: "right", shown: "→", does: "The picture to the right", where: "Grid" },
  up: { keys: "up", shown: "↑", does: "The picture above", where: "Grid" },
  down: { keys: "down", shown: "↓", does: "The picture below", where: "Grid" },
  select: { keys: "space", shown: "Space", does: "Pick it, or not", where: "Grid" },
  extendLeft: {
    keys: "shift+left",
    shown: "⇧ arrows",
    does: "Pick all on the way; a click with ⇧ all between",
    where: "Grid",
  },
  extendRight: { keys: "shift+right", shown: "", does: "", where: "Grid" },
  extendUp: { keys: "shift+up", shown: "", does: "", where: "Grid" },
  extendDown: { keys: "shift+down", shown: "", does: "", where: "Grid" },
  reject: { keys: "x", shown: "X", does: "Reject it, or not", where: "Grid" },
  open: { keys: "enter", shown: "Enter", does: "Look at it full-screen: keep or kill", where: "Grid" },
  compare: { keys: "c", shown: "C", does: "Compare it with the last one picked", where: "Grid" },
  star: { keys: "s", shown: "S", does: "Star it: kept when others are thrown away", where: "Grid" },
  board: { keys: "b", shown: "B", does: "Put it, or what is picked, on a board", where: "Grid" },
  generate: { keys: "g", shown: "G", does: "Generate, or go on with what is picked", where: "Grid" },
  undo: { keys: "z", shown: "Z", does: "Take the last pick back", where: "Grid" },
  stage1: { keys: "1", shown: "1", does: "Drafts", where: "Grid" },
  stage2: { keys: "2", shown: "2", does: "Refined", where: "Grid" },
  stage3: { keys: "3", shown: "3", does: "Polished", where: "Grid" },
  stage4: { keys: "4", shown: "4", does: "Final", where: "Grid" },
  cardsUndo: { keys: "z", shown: "Z", does: "Take the last change or pick back; Ctrl Z in a text", where: "Cards" },
  cardsRedo: { keys: "shift+z", shown: "⇧ Z", does: "Do again what was taken back", where: "Cards" },
  mapMove: { keys: "arrows", shown: "Arrows", does: "The next picture in that direction", where: "Map" },
  mapGo: { keys: "enter", shown: "Enter", does: "Put it into the middle, draw what lies around it", where: "Map" },
  mapPick: { keys: "space", shown: "Space", does: "Pick it, or not", where: "Map" },
  mapBack: { keys: "backspace", shown: "⌫", does: "Back to the picture before", where: "Map" },
  mapZoom: { keys: "+", shown: "+ − 0", does: "Larger, smaller, back to the middle", where: "Map" },
  mapOpen: { keys: "f", shown: "F", does: "Look at it full-screen", where: "Map" },
  mapUndo: { keys: "z", shown: "Z", does: "Take the last step or pick back", where: "Map" },
  gridExplore: { keys: "e", shown: "E", does: "In a grid of axes: explore from this one", where: "Map" },
  previous: { keys: "left", shown: "←", does: "The picture before", where: "Viewer" },
  next: { keys: "right", shown: "→", does: "The next picture", where: "Viewer" },
  keep: { keys: "space", shown: "Space", does: "Keep it, on to the next", where: "Viewer" },
  kill: { keys: "x", shown: "X", does: "Reject it, on to the next", where: "Viewer" },
  rate1: {
    keys: "1",
    shown: "1 … 5",
    does: "Rate it; in the gallery all that is selected with it",
    where: "Viewer",
  },
  rate0: { keys: "0", shown: "0", does: "Take its rating away", where: "Viewer" },
  rate2: { keys: "2", shown: "", does: "", where: "Viewer" },
  rate3: { keys: "3", shown: "", does: "", where: "Viewer" },
  rate4: { keys: "4", shown: "", does: "", where: "Viewer" },
  rate5: { keys: "5", shown: "", does: "", where: "Viewer" },
  zoom: { keys: "f", shown: "F", does: "Real size, or the whole of it", where: "Viewer" },
  close: { keys: "escape", shown: "Esc", does: "Close", where: "Viewer" },
  workbench: { keys: "w", shown: "W", does: "The workbench: any task, any chain of tasks", where: "Everywhere" },
  help: { keys: "?", shown: "?", does: "This list", where: "Everywhere" },
} as const satisfies Record<string, Key>;

/** Whether the pressed key belongs to a text field, or to a control that uses it. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
