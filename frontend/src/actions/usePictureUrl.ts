/** The address of a picture that a reference names, for an `img`. */
import { useEffect, useState } from "react";

import { artifactUrl } from "@/actions/uploads";
import { get, HubProblem, withTicket } from "@/api/client";
import type { Generation } from "@/api/types";
import { idIn } from "@/stores/startPicture";

/** Null while it is asked for, and while the hub is away; `gone`: the hub does not have it any more. */
export type PictureUrl = { url: string } | "gone" | null;

/** `reference`: `artifact:<id>` or `generation:<id>`; `whole`: the image itself rather than a small one, where the
 * hub has both. */
export function usePictureUrl(reference: string | null, whole = false): PictureUrl {
  const [found, setFound] = useState<{ reference: string | null; picture: PictureUrl }>({ reference, picture: null });
  useEffect(() => {
    if (!reference) return undefined;
    let over = false;
    let blob: string | null = null;
    const show = (url: string | null) => {
      if (url?.startsWith("blob:")) blob = url;
      if (over) return revoke();
      setFound({ reference, picture: url === null ? "gone" : { url } });
    };
    const revoke = () => {
      if (blob) URL.revokeObjectURL(blob);
      blob = null;
    };
    addressOf(reference, whole).then(show, () => undefined);
    return () => {
      over = true;
      revoke();
    };
  }, [reference, whole]);
  return found.reference === reference ? found.picture : null;
}

async function addressOf(reference: string, whole: boolean): Promise<string | null> {
  const artifact = idIn(reference, "artifact");
  if (artifact) return artifactUrl(artifact);
  const id = idIn(reference, "generation") ?? "";
  try {
    const { image_url, thumbnail_url } = await get<Generation>(`/api/generations/${encodeURIComponent(id)}`);
    const url = whole ? image_url : thumbnail_url;
    return url && withTicket(url);
  } catch (error) {
    if (error instanceof HubProblem && error.status === 404) return null;
    throw error;
  }
}
