/** Which pieces of a style are chosen, and its words, which follow them. */
import { useEffect, useRef, useState } from "react";

import type { StyleBody, StyleKind } from "@/api/types";
import type { StyleParts } from "@/stores/libraryStore";

type Words = Pick<StyleBody, "text" | "negative_prompt">;

/** Those that the kind takes at first, until somebody chooses; `write` is told the words, `fail` why there are none. */
export function useParts(
  parts: StyleParts | undefined,
  kind: StyleKind,
  write: (words: Words) => void,
  fail: (error: Error) => void,
) {
  const [own, setOwn] = useState<readonly string[] | null>(null);
  const chosen = own ?? parts?.of.filter(({ kinds }) => kinds.includes(kind)).map(({ id }) => id) ?? [];
  const told = useRef({ write, fail });
  useEffect(() => {
    told.current = { write, fail };
  });
  const ids = chosen.join(" ");
  useEffect(() => {
    if (!parts) return undefined;
    let over = false;
    parts.together(ids ? ids.split(" ") : []).then(
      (words) => over || told.current.write(words),
      (error: Error) => over || told.current.fail(error),
    );
    return () => {
      over = true;
    };
  }, [parts, ids]);
  return { chosen, choose: setOwn };
}
