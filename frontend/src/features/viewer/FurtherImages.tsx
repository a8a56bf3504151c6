import { useEffect, useState } from "react";

import { get, withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { suffixOf } from "@/lib/mediaTypes";

/** The files that the workflow saved beside the one that is shown, each to be downloaded. */
export function FurtherImages({ generation }: { generation: Generation }) {
  const further = useImages(generation).slice(1);
  if (further.length === 0) return null;
  return (
    <div>
      <h3 className="mb-2 text-xs font-semibold uppercase tracking-wide text-soft">Also saved</h3>
      <ul className="flex flex-wrap gap-1 p-1">
        {further.map(({ index, url, thumbnail_url, media_type }) => {
          const suffix = suffixOf({ media_type });
          const label = `Download ${suffix.toUpperCase()}, file ${index + 1}`;
          return (
            <li key={index}>
              <a
                className="block size-12 overflow-hidden rounded-lg"
                href={withTicket(url)}
                download={`vibes-${generation.seed}-${index + 1}.${suffix}`}
                aria-label={label}
                title={label}
              >
                <img src={withTicket(thumbnail_url)} alt="" className="size-full object-cover" />
              </a>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** All images of a generation; the hub is asked where only an event told of its end, which does not list them. */
function useImages({ id, status, images }: Generation): Generation["images"] {
  const [asked, setAsked] = useState<Generation>();
  const unknown = status === "complete" && images.length === 0;
  useEffect(() => {
    if (!unknown) return undefined;
    let over = false;
    void get<Generation>(`/api/generations/${id}`).then(
      (found) => !over && setAsked(found),
      () => undefined, // the picture itself is shown all the same
    );
    return () => {
      over = true;
    };
  }, [id, unknown]);
  if (!unknown) return images;
  return asked?.id === id ? asked.images : [];
}
