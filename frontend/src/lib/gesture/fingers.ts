/** Fingers, a mouse or a pen on a surface: what their movements mean there; without React. */

/** So many pixels are still a click. */
const CLICK = 6;

/** Of a pointer event, what is needed here. */
export interface Pointer {
  pointerId: number;
  isPrimary: boolean;
  pointerType: string;
  buttons: number;
  clientX: number;
  clientY: number;
}

interface Point {
  x: number;
  y: number;
}

/** From one movement to the next: shifted by so many pixels, and stretched around a point of the screen. */
export interface Movement extends Point {
  factor: number;
  at: Point;
}

export class Fingers {
  readonly #down = new Map<number, Point>();
  #moved = 0;

  /** Whether they have gone too far for a click since the first of them came down. */
  get wasMoved(): boolean {
    return this.#moved > CLICK;
  }

  down(pointer: Pointer): void {
    if (pointer.isPrimary) this.#begin();
    this.#down.set(pointer.pointerId, { x: pointer.clientX, y: pointer.clientY });
  }

  /**
   * No other finger is down. One whose end nobody told, because what lay below it left the page, would make each later
   * movement a pinch and no click of it.
   */
  #begin(): void {
    this.#down.clear();
    this.#moved = 0;
  }

  up({ pointerId }: Pick<Pointer, "pointerId">): void {
    this.#down.delete(pointerId);
  }

  /** Null: it is not down, or still a click. */
  move(pointer: Pointer): Movement | null {
    const { pointerId } = pointer;
    const before = this.#down.get(pointerId);
    if (!before) return null;
    if (pointer.pointerType === "mouse" && !pointer.buttons) {
      this.up(pointer); // it was let go of elsewhere
      return null;
    }
    const now = { x: pointer.clientX, y: pointer.clientY };
    const other = [...this.#down].find(([id]) => id !== pointerId)?.[1];
    const [x, y] = [now.x - before.x, now.y - before.y];
    this.#moved += Math.hypot(x, y);
    if (!other && !this.wasMoved) return null;
    this.#down.set(pointerId, now);
    if (!other) return { x, y, factor: 1, at: now };
    const distance = (one: Point) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
    const at = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    return { x: x / 2, y: y / 2, factor: distance(now) / distance(before), at };
  }
}
