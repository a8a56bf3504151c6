import { useCallback, useRef, useState } from "react";

import type { Generation } from "@/api/types";

export type Selection = ReadonlyMap<string, Generation>;

const NONE: Selection = new Map();

export function useSelection(between: (from: number, to: number) => Promise<Generation[]>) {
  const [selection, setSelection] = useState<Selection>(NONE);
  /** The beginning of a range: the picture that was picked last. */
  const anchor = useRef<number | null>(null);

  const toggle = (index: number, generation: Generation) => {
    anchor.current = index;
    setSelection((before) => {
      const next = new Map(before);
      if (!next.delete(generation.id)) next.set(generation.id, generation);
      return next;
    });
  };
  /** `start`: where the range begins while nothing was picked. */
  const extendTo = async (index: number, start = index) => {
    const from = anchor.current ?? start;
    anchor.current = index;
    const range = await between(Math.min(from, index), Math.max(from, index));
    setSelection((before) => new Map([...before, ...range.map((each) => [each.id, each] as const)]));
  };
  const clear = useCallback(() => {
    anchor.current = null;
    setSelection(NONE);
  }, []);
  /** Take in the hub's newest state of some of them. */
  const revise = useCallback((generations: readonly Generation[]) => {
    setSelection((before) => {
      const known = generations.filter((each) => before.has(each.id));
      return new Map([...before, ...known.map((each) => [each.id, each] as const)]);
    });
  }, []);
  return { selection, toggle, extendTo, clear, revise };
}
