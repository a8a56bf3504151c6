/** The mask that is being painted, with its tools and its history; one for each time that the painter is opened. */
import { createStore, type StoreApi } from "zustand";

import { feather } from "@/features/mask/drawing/feather";
import { History } from "@/features/mask/drawing/history";
import {
  around,
  clear,
  coverage,
  emptyMask,
  fillOutline,
  fillRectangle,
  invert,
  strokePiece,
  whole,
  type Box,
  type Mask,
  type Point,
} from "@/features/mask/drawing/mask";

export type Tool = "brush" | "lasso" | "rectangle" | "hand";

export interface Easel {
  tool: Tool;
  erasing: boolean;
  /** Diameter of the brush as a share of the picture's shorter side. */
  size: number;
  /** 0 to 1. */
  hardness: number;
  /** Where the keyboard or the pointer is, in pixels of the mask. */
  cursor: Point;
  /** The corners of a lasso or a rectangle that is not closed yet, or the last point of a stroke; empty: none. */
  outline: readonly Point[];
  /** The share of the picture that is drawn anew, 0 to 1. */
  covered: number;
  undoable: boolean;
  redoable: boolean;
  /** What was done last, in words. */
  told: string;
  /** What another window has painted over the same picture. */
  offered: Mask | null;
}

export type EaselStore = StoreApi<Easel>;

const SIZE = { least: 0.005, most: 0.5, usual: 0.1 } as const;
const BIGGER = 1.25;
const HARDER = 0.1;
/** Radius of one softening as a share of the shorter side: three means of it reach about 2 % of that. */
const SOFTER = 0.007;
const CLOSED = 3;

const between = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** Paints into `mask`; its store says what the screen shows besides. */
export class Painter {
  readonly mask: Mask;
  readonly store: EaselStore;
  readonly #history = new History();
  readonly #watchers = new Set<(changed: Box) => void>();
  /** The mask before the stroke that is being painted, and what that has changed. */
  #before: Mask | null = null;
  #changed: Box | null = null;

  constructor(size: { width: number; height: number }, given?: Mask) {
    this.mask = given ?? emptyMask(size.width, size.height);
    this.store = createStore<Easel>()(() => ({
      ...{ tool: "brush" as const, erasing: false, size: SIZE.usual, hardness: 0.8, outline: [], told: "" },
      cursor: { x: size.width / 2, y: size.height / 2 },
      ...{ covered: coverage(this.mask), undoable: false, redoable: false, offered: null },
    }));
  }

  /** Tells what changes in the mask, until the answer is called. */
  watch(watcher: (changed: Box) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  get shorterSide(): number {
    return Math.min(this.mask.width, this.mask.height);
  }

  get isBusy(): boolean {
    return this.store.getState().outline.length > 0;
  }

  choose(tool: Tool): void {
    this.cancel();
    this.store.setState({ tool });
  }

  erase(erasing: boolean): void {
    this.store.setState({ erasing });
  }

  resize(larger: boolean): void {
    this.setSize(this.store.getState().size * (larger ? BIGGER : 1 / BIGGER));
  }

  setSize(size: number): void {
    this.store.setState({ size: between(size, SIZE.least, SIZE.most) });
  }

  harden(harder: boolean): void {
    this.setHardness(this.store.getState().hardness + (harder ? HARDER : -HARDER));
  }

  setHardness(hardness: number): void {
    this.store.setState({ hardness: between(Math.round(hardness * 100) / 100, 0, 1) });
  }

  /** The pointer or the keyboard goes there; a stroke or a rectangle under way follows. */
  moveTo(point: Point): void {
    const cursor = { x: between(point.x, 0, this.mask.width), y: between(point.y, 0, this.mask.height) };
    const { tool, outline } = this.store.getState();
    const [start] = outline;
    this.store.setState({ cursor });
    if (!start) return;
    if (tool === "brush") this.#stroke(start, cursor);
    if (tool === "rectangle") this.store.setState({ outline: [start, cursor] });
  }

  /** Begins a stroke or a shape where the cursor is. */
  begin(): void {
    const { tool, cursor } = this.store.getState();
    if (tool === "hand") return;
    this.store.setState({ outline: [cursor] });
    if (tool !== "brush") return;
    this.#before = { ...this.mask, data: this.mask.data.slice() };
    this.#changed = null;
    this.#stroke(cursor, cursor);
  }

  /** One more corner of the lasso, where the cursor is. */
  addCorner(): void {
    this.store.setState(({ outline, cursor }) => ({ outline: [...outline, cursor] }));
  }

  /** Ends the stroke, or closes the shape and fills it. */
  finish(): void {
    const { tool, outline, cursor, erasing } = this.store.getState();
    const [start] = outline;
    this.store.setState({ outline: [] });
    if (!start) return;
    if (tool === "brush") return this.#endStroke();
    if (tool === "rectangle") this.#change("Rectangle", () => fillRectangle(this.mask, start, cursor, erasing));
    if (tool === "lasso" && outline.length >= CLOSED)
      this.#change("Outline", () => fillOutline(this.mask, outline, erasing));
  }

  /** Drops the stroke or shape under way, as if it had not been begun. */
  cancel(): void {
    this.store.setState({ outline: [] });
    const [before, changed] = [this.#before, this.#changed];
    this.#before = this.#changed = null;
    if (!before || !changed) return;
    this.mask.data.set(before.data);
    this.#painted(changed);
  }

  invert(): void {
    this.#all("Inverted", () => invert(this.mask));
  }

  soften(): void {
    this.#all("Edges softened", () => feather(this.mask, Math.max(Math.round(this.shorterSide * SOFTER), 1)));
  }

  clear(): void {
    if (this.store.getState().covered) this.#all("Cleared", () => clear(this.mask));
  }

  /** Shows that another window has painted this. */
  offer(offered: Mask | null): void {
    this.store.setState({ offered });
  }

  /** Another mask of this size in place of this one. */
  take({ data }: Mask): void {
    this.#all("The other window's mask taken", () => this.mask.data.set(data));
  }

  undo(): void {
    this.cancel();
    this.#moved(this.#history.undo(this.mask), "Undone");
  }

  redo(): void {
    this.cancel();
    this.#moved(this.#history.redo(this.mask), "Done again");
  }

  #stroke(from: Point, to: Point): void {
    const { size, hardness, erasing } = this.store.getState();
    const changed = strokePiece(this.mask, from, to, { radius: (size * this.shorterSide) / 2, hardness, erasing });
    this.#changed = around(this.#changed, changed);
    this.store.setState({ outline: [to] });
    this.#painted(changed);
  }

  #endStroke(): void {
    if (this.#before && this.#changed) this.#history.note(this.#before, this.#changed);
    this.#before = this.#changed = null;
    this.#tell(this.store.getState().erasing ? "Erased" : "Painted");
  }

  #painted(changed: Box): void {
    for (const watcher of this.#watchers) watcher(changed);
  }

  #all(what: string, deed: () => void): void {
    this.cancel();
    this.#change(what, () => {
      deed();
      return whole(this.mask);
    });
  }

  #change(what: string, deed: () => Box): void {
    const before = { ...this.mask, data: this.mask.data.slice() };
    const changed = deed();
    this.#history.note(before, changed);
    this.#painted(changed);
    this.#tell(what);
  }

  #moved(changed: Box | null, what: string): void {
    if (!changed) return;
    this.#painted(changed);
    this.#tell(what);
  }

  #tell(what: string): void {
    const covered = coverage(this.mask);
    const { undoable, redoable } = this.#history;
    this.store.setState({ covered, undoable, redoable, told: `${what}. ${coveredInWords(covered)}` });
  }
}

/** How much of the picture the mask has drawn anew. */
export function coveredInWords(covered: number): string {
  if (!covered) return "Nothing is painted.";
  const percent = covered * 100;
  return `${percent < 1 ? "Less than 1" : Math.round(percent)} % of the picture is drawn anew.`;
}
