/** What a request lays over its prompt: each chosen style once, however far its words have come. */
import { chosenStyles } from "@/actions/styles";
import type { Generation } from "@/api/types";
import { isWildcard } from "@/lib/varied";
import { useSessionStore } from "@/stores/sessionStore";

type Find = (id: string) => Generation | undefined;

export interface LaidOver {
  styles?: string[];
  wildcards?: true;
}

/** Over words that a person wrote. */
export function laidOverPrompt(): LaidOver {
  const { wildcards } = useSessionStore.getState().config;
  return { ...some(chosenStyles()), ...(wildcards && { wildcards: true as const }) };
}

/** Over the words that pictures were drawn from: what was chosen since. */
export const laidOverPictures = (ids: readonly string[], find: Find): LaidOver => some(chosenSince(ids, find));

/** The chosen styles that the words of none of these pictures have. */
export function chosenSince(ids: readonly string[], find: Find, chosen = chosenStyles()): string[] {
  const had = new Set(ids.flatMap((id) => stylesHad(id, find)));
  return chosen.filter((name) => !had.has(name));
}

const FURTHEST = 300;

/** The styles in a picture's words, those of the pictures among them whose words it took over. */
function stylesHad(id: string, find: Find): string[] {
  const had: string[] = [];
  let picture = find(id);
  for (let steps = 0; picture && steps < FURTHEST; steps++) {
    had.push(...(picture.written?.styles ?? []));
    const parent: Generation | undefined = picture.parent_id ? find(picture.parent_id) : undefined;
    picture = parent && takesOver(picture, parent) ? parent : undefined;
  }
  return had;
}

/** Variations have the words of their picture; the next stage has those of the session. */
function takesOver(picture: Generation, parent: Generation): boolean {
  const isVaried = Object.keys(picture.varied).some((name) => !isWildcard(name));
  return isVaried || (picture.session_id === parent.session_id && picture.stage === parent.stage);
}

const some = (styles: readonly string[]): LaidOver => (styles.length ? { styles: [...styles] } : {});
