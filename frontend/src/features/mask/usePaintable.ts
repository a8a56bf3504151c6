/** A picture to paint over, and a painter with the mask that this browser has kept of it. */
import { useEffect, useState } from "react";

import { usePictureUrl } from "@/actions/usePictureUrl";
import { sizeFor } from "@/features/mask/drawing/mask";
import { Painter } from "@/features/mask/easel";
import { forgetMask, keepMask, keptMask } from "@/features/mask/keptMask";

const PAUSE_MS = 400;

export function usePaintable(reference: string) {
  const picture = usePictureUrl(reference, true);
  const src = picture && picture !== "gone" ? picture.url : null;
  const { size, broken } = useSize(src);
  const [found, setFound] = useState<{ reference: string; painter: Painter } | null>(null);
  useEffect(() => {
    if (!size) return undefined;
    let over = false;
    let end = () => undefined as void;
    const fitting = sizeFor(size.width, size.height);
    void keptMask(reference, fitting).then((kept) => {
      if (over) return;
      const painter = new Painter(fitting, kept?.mask);
      painter.offer(kept?.other?.mask ?? null);
      end = keeping(reference, painter, kept?.stamp ?? null);
      setFound({ reference, painter });
    });
    return () => {
      over = true;
      end();
    };
  }, [size, reference]);
  const painter = found?.reference === reference ? found.painter : null;
  return { src, painter, lost: picture === "gone" || broken };
}

/** Keeps each change a moment later, and at the end. Each window's writes follow one another. */
function keeping(reference: string, painter: Painter, seen: string | null): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Promise.resolve(seen);
  const keep = () => {
    timer = undefined;
    last = last.then(async (stamp) => {
      if (!painter.store.getState().covered) {
        await forgetMask(reference, stamp);
        return null;
      }
      const kept = await keepMask(reference, painter.mask, stamp);
      painter.offer(kept?.other?.mask ?? null);
      return kept?.stamp ?? null;
    });
  };
  const stop = painter.store.subscribe(({ told }, before) => {
    if (told !== before.told) timer ??= setTimeout(keep, PAUSE_MS);
  });
  return () => {
    stop();
    painter.cancel();
    clearTimeout(timer);
    if (timer !== undefined) keep();
  };
}

interface Size {
  width: number;
  height: number;
}

/** The picture's own size, as it is seen: turned upright. */
function useSize(src: string | null): { size: Size | null; broken: boolean } {
  const [found, setFound] = useState<{ src: string; size: Size | null } | null>(null);
  useEffect(() => {
    if (!src) return undefined;
    const image = new Image();
    image.onload = () => setFound({ src, size: { width: image.naturalWidth, height: image.naturalHeight } });
    image.onerror = () => setFound({ src, size: null });
    image.src = src;
    return () => {
      image.onload = image.onerror = null;
    };
  }, [src]);
  const here = found?.src === src ? found : null;
  return { size: here?.size ?? null, broken: here !== null && here.size === null };
}
