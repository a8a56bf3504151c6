/** Components of chunks of their own, which a hub that is away for a moment delays and does not break. */
import { type ComponentType, lazy } from "react";

const RETRY_MS = 2_000;
/** In the tab's own storage: for which page it was loaded anew. */
const LOADED_ANEW = "vibes-loaded-anew";

/** Like React's `lazy`; but a chunk that does not arrive is asked for again every 2 s, and what waits for it shows its
 * fallback meanwhile. `lazy` would throw, and take down the page around it. After the hub was updated its chunks have
 * other names: then the page is loaded anew. */
export function lazily<Props>(load: () => Promise<ComponentType<Props>>, reload = () => location.reload()) {
  const loaded = (): Promise<{ default: ComponentType<Props> }> =>
    load().then(
      (component) => ({ default: component }),
      async () => {
        if (await isOutdated()) reload();
        return new Promise((resolve) => setTimeout(() => resolve(loaded()), RETRY_MS));
      },
    );
  return lazy(loaded);
}

/** Whether the hub answers with another page than this one; once only, since something on the way may keep the old one. */
async function isOutdated(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src");
  if (!script || sessionStorage.getItem(LOADED_ANEW) === script) return false;
  const page = await fetch(location.pathname, { cache: "no-store" }).catch(() => null);
  if (!page?.ok || (await page.text()).includes(script)) return false;
  sessionStorage.setItem(LOADED_ANEW, script);
  return true;
}
