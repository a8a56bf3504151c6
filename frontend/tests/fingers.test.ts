/** What fingers, a mouse and a pen mean by their movements. */
import { expect, test } from "vitest";

import { Fingers, type Pointer } from "@/lib/gesture/fingers";

const finger = (pointerId: number, clientX: number, clientY: number): Pointer => ({
  ...{ pointerId, clientX, clientY, pointerType: "touch", buttons: 1 },
  isPrimary: pointerId === 1,
});

test("one finger moves once it has gone too far for a click, by all of its way", () => {
  const fingers = new Fingers();
  fingers.down(finger(1, 100, 100));
  expect(fingers.move(finger(1, 104, 100))).toBeNull();
  expect(fingers.wasMoved).toBe(false);
  expect(fingers.move(finger(1, 110, 100))).toMatchObject({ x: 10, y: 0, factor: 1 });
  expect(fingers.wasMoved).toBe(true);
});

test("two fingers stretch around the middle between them", () => {
  const fingers = new Fingers();
  fingers.down(finger(1, 100, 100));
  fingers.down(finger(2, 200, 100));
  expect(fingers.move(finger(2, 300, 100))).toEqual({ x: 50, y: 0, factor: 2, at: { x: 200, y: 100 } });
});

test("a finger whose end nobody told neither zooms nor swallows the next tap", () => {
  const fingers = new Fingers();
  fingers.down(finger(1, 100, 100));
  fingers.down(finger(2, 200, 100));
  fingers.move(finger(2, 300, 100));
  fingers.up(finger(1, 100, 100)); // and nothing of the other
  fingers.down(finger(1, 50, 50));
  expect(fingers.wasMoved).toBe(false);
  expect(fingers.move(finger(1, 50, 90))).toMatchObject({ x: 0, y: 40, factor: 1 });
});

test("a mouse that was let go of elsewhere moves nothing", () => {
  const fingers = new Fingers();
  const mouse = (clientX: number, buttons: number): Pointer => ({
    ...finger(1, clientX, 0),
    ...{ pointerType: "mouse", buttons },
  });
  fingers.down(mouse(0, 1));
  expect(fingers.move(mouse(50, 0))).toBeNull();
  expect(fingers.move(mouse(90, 1))).toBeNull();
});
