/** Components of chunks of their own, which a hub that is away for a moment delays and does not break. */
import { type ComponentType, lazy } from "react";

const RETRY_MS = 2_000;

/** Like React's `lazy`; but a chunk that does not arrive is asked for again every 2 s, and what waits for it shows its
 * fallback meanwhile. `lazy` would throw, and take down the page around it. */
export function lazily<Props>(load: () => Promise<ComponentType<Props>>) {
  const loaded = (): Promise<{ default: ComponentType<Props> }> =>
    load().then(
      (component) => ({ default: component }),
      () => new Promise((resolve) => setTimeout(() => resolve(loaded()), RETRY_MS)),
    );
  return lazy(loaded);
}
