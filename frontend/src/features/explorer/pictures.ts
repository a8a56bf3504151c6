/** The pictures that the Explorer shows: the session's first stage, and those of other sessions that it started from. */
import { useEffect } from "react";
import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";

import { get, HubProblem } from "@/api/client";
import type { Generation } from "@/api/types";
import { useGenerationStore } from "@/stores/generationStore";

type Elsewhere = Readonly<Record<string, Generation | "gone">>;

const useElsewhere = create<{ pictures: Elsewhere }>()(() => ({ pictures: {} }));

type Generations = Readonly<Record<string, Generation>>;

/** Computes anew only when a picture has changed: progress, which changes none, comes many times a second. */
export function onceEach<Value>(compute: (generations: Generations) => Value): (generations: Generations) => Value {
  const known = new WeakMap<Generations, { value: Value }>();
  return (generations) => {
    const there = known.get(generations) ?? { value: compute(generations) };
    known.set(generations, there);
    return there.value;
  };
}

const inOrder = onceEach((generations) =>
  Object.values(generations)
    .filter((each) => each.stage === 0 && each.task_type !== "upscale")
    .sort(({ created_at: one }, { created_at: other }) => (one < other ? -1 : one > other ? 1 : 0))
    .map(({ id }) => id),
);

/** As they were asked for; the same array until there are others. */
export function usePictureIds(): readonly string[] {
  return useGenerationStore(useShallow(({ live }) => inOrder(live.generations)));
}

/** Undefined: on its way; "gone": the hub does not have it any more. */
export function usePicture(id: string | null): Generation | "gone" | undefined {
  const here = useGenerationStore(({ live }) => (id ? live.generations[id] : undefined));
  const elsewhere = useElsewhere(({ pictures }) => (id ? pictures[id] : undefined));
  return here ?? elsewhere;
}

/** The picture where it is known and there. */
export function pictureNow(id: string): Generation | undefined {
  const found = useGenerationStore.getState().live.generations[id] ?? useElsewhere.getState().pictures[id];
  return found === "gone" ? undefined : found;
}

/** Asks the hub for those of them that are not the session's. */
export function useFetched(ids: readonly string[]): void {
  const loaded = useGenerationStore(({ live }) => live.session !== null);
  const wanted = ids.join(" ");
  useEffect(() => {
    if (!loaded) return;
    const here = useGenerationStore.getState().live.generations;
    const { pictures } = useElsewhere.getState();
    for (const id of wanted.split(" ")) {
      if (!id || here[id] || pictures[id]) continue;
      get<Generation>(`/api/generations/${encodeURIComponent(id)}`).then(
        (found) => know(id, found),
        (error: unknown) => error instanceof HubProblem && error.status === 404 && know(id, "gone"),
      );
    }
  }, [wanted, loaded]);
}

const know = (id: string, found: Generation | "gone"): void =>
  useElsewhere.setState(({ pictures }) => ({ pictures: { ...pictures, [id]: found } }));
