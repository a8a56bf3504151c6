/** Fingers on the screen, as the browser itself is told of them. */
import type { CDPSession } from "@playwright/test";

/** Where each finger is now; `touchEnd` takes all of them away. */
export const touches = async (
  client: CDPSession,
  type: "touchStart" | "touchMove" | "touchEnd",
  ...at: [number, number][]
) => client.send("Input.dispatchTouchEvent", { type, touchPoints: at.map(([x, y], id) => ({ x, y, id })) });

/** Two fingers that move apart to both sides of this point, from 60 to 160 pixels. */
export async function pinchOpen(client: CDPSession, x: number, y: number): Promise<void> {
  await touches(client, "touchStart", [x - 30, y]);
  await touches(client, "touchStart", [x - 30, y], [x + 30, y]);
  for (let step = 1; step < 6; step++)
    await touches(client, "touchMove", [x - 30 - step * 10, y], [x + 30 + step * 10, y]);
  await touches(client, "touchEnd");
}
