/** Undo and redo of a mask within a bounded memory: each step keeps what was under the pixels that it changed. */
import { isEmpty, type Box, type Mask } from "@/features/mask/drawing/mask";

interface Patch {
  readonly box: Box;
  readonly data: Uint8Array;
}

/** Most bytes that all steps together keep; the newest step is kept whatever its size. */
export const MOST_BYTES = 64 * 2 ** 20;

export class History {
  #past: Patch[] = [];
  #future: Patch[] = [];

  constructor(private readonly most = MOST_BYTES) {}

  get undoable(): boolean {
    return this.#past.length > 0;
  }

  get redoable(): boolean {
    return this.#future.length > 0;
  }

  /** A step was made: `before` is the mask without it, `box` what it may have changed. */
  note(before: Mask, box: Box): void {
    if (isEmpty(box)) return;
    this.#future = [];
    this.#past.push(cutOut(before, box));
    let kept = this.#past.reduce((sum, { data }) => sum + data.length, 0);
    while (kept > this.most && this.#past.length > 1) kept -= this.#past.shift()?.data.length ?? 0;
  }

  /** Takes the last step back; answers what that changed. */
  undo(mask: Mask): Box | null {
    return move(mask, this.#past, this.#future);
  }

  redo(mask: Mask): Box | null {
    return move(mask, this.#future, this.#past);
  }
}

function move(mask: Mask, from: Patch[], to: Patch[]): Box | null {
  const patch = from.pop();
  if (!patch) return null;
  to.push(cutOut(mask, patch.box));
  pasteIn(mask, patch);
  return patch.box;
}

function cutOut(mask: Mask, box: Box): Patch {
  const width = box.right - box.left;
  const data = new Uint8Array(width * (box.bottom - box.top));
  for (let y = box.top; y < box.bottom; y++) {
    const start = y * mask.width + box.left;
    data.set(mask.data.subarray(start, start + width), (y - box.top) * width);
  }
  return { box, data };
}

export function pasteIn(mask: Mask, { box, data }: Patch): void {
  const width = box.right - box.left;
  for (let y = box.top; y < box.bottom; y++)
    mask.data.set(data.subarray((y - box.top) * width, (y - box.top + 1) * width), y * mask.width + box.left);
}
