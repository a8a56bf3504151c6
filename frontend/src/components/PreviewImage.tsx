import { useEffect, useRef } from "react";

import { previews } from "@/stores/previews";

/** The newest preview of a running generation. It bypasses React and sets the element's `src`. */
export function PreviewImage({ generationId, className = "" }: { generationId: string; className?: string }) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(
    () =>
      previews.subscribe(generationId, (url) => {
        const element = image.current;
        if (!element) return;
        element.hidden = !url;
        if (url) element.src = url;
      }),
    [generationId],
  );
  return <img ref={image} hidden alt="" data-preview={generationId} className={className} />;
}
