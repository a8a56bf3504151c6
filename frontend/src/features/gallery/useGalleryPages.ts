import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { get, HubProblem } from "@/api/client";
import type { Generation, GenerationList } from "@/api/types";

export const PAGE_SIZE = 200;

type Pages = ReadonlyMap<number, readonly Generation[]>;

interface Held {
  /** The query of these answers; they stay on the screen while the next search runs. */
  query: string | null;
  /** Null: never answered. */
  total: number | null;
  pages: Pages;
  problem: HubProblem | null;
}

/** The present search; answers to others are outdated. */
interface Search {
  round: number;
  query: string;
  total: number | null;
  asked: Set<number>;
}

export interface GalleryPages extends Held {
  /** Whether the pictures on the screen are of an earlier search. */
  outdated: boolean;
  at: (index: number) => Generation | undefined;
  loaded: () => readonly Generation[];
  /** Call with the first and last visible page. */
  show: (first: number, last: number) => void;
  /** The pictures from one index to another, loaded if necessary. */
  between: (from: number, to: number) => Promise<Generation[]>;
  replace: (generations: readonly Generation[]) => void;
  reload: () => void;
}

const NOTHING: Held = { query: null, total: null, pages: new Map(), problem: null };

export function useGalleryPages(query: string): GalleryPages {
  const [held, setHeld] = useState<Held>(NOTHING);
  const { search, ask, reload } = useSearch(query, setHeld);
  const fresh = held.query === query;

  const wanted = useRef<readonly [number, number]>([0, 0]);
  const askWanted = useCallback(() => {
    const [first, last] = fresh ? wanted.current : [0, 0];
    for (let page = first; page <= last; page++) if (!search.asked.has(page)) void ask(page);
  }, [fresh, search, ask]);
  // when the total changes, pictures move to other pages
  useEffect(askWanted, [askWanted, held.total]);

  const show = useCallback(
    (first: number, last: number) => {
      wanted.current = [first, last];
      askWanted();
    },
    [askWanted],
  );
  const between = async (from: number, to: number) => {
    const found: Generation[] = [];
    for (let page = pageOf(from); page <= pageOf(to); page++) {
      const members = held.pages.get(page) ?? (await ask(page)) ?? [];
      found.push(...members.slice(Math.max(from - page * PAGE_SIZE, 0), to + 1 - page * PAGE_SIZE));
    }
    return found;
  };
  return {
    ...held,
    outdated: held.total !== null && !fresh,
    at: (index) => held.pages.get(pageOf(index))?.[index % PAGE_SIZE],
    loaded: () => [...held.pages.entries()].sort(([one], [other]) => one - other).flatMap(([, members]) => members),
    show,
    between,
    replace: useCallback((generations) => setHeld((before) => revised(before, generations)), []),
    reload,
  };
}

function useSearch(query: string, setHeld: (change: (before: Held) => Held) => void) {
  const [round, setRound] = useState(0);
  // `round` makes a reload ask the same again
  const search = useMemo<Search>(() => ({ query, total: null, asked: new Set(), round }), [query, round]);
  const current = useRef<Search | null>(null);
  useEffect(() => {
    current.current = search;
    return () => {
      current.current = null;
    };
  }, [search]);

  const ask = useCallback(
    async (page: number): Promise<readonly Generation[] | null> => {
      search.asked.add(page);
      try {
        const path = `/api/generations?${search.query}&limit=${PAGE_SIZE}&offset=${page * PAGE_SIZE}`;
        const answer = await get<GenerationList>(path);
        if (current.current !== search) return null;
        if (search.total !== null && search.total !== answer.total) search.asked = new Set([page]);
        search.total = answer.total;
        setHeld((before) => taken(before, search.query, page, answer));
        return answer.generations;
      } catch (error) {
        search.asked.delete(page);
        if (current.current === search) setHeld((before) => ({ ...before, problem: problemOf(error) }));
        return null;
      }
    },
    [search, setHeld],
  );
  const reload = useCallback(() => {
    setHeld((before) => ({ ...before, problem: null }));
    setRound((before) => before + 1);
  }, [setHeld]);
  return { search, ask, reload };
}

export const pageOf = (index: number): number => Math.floor(index / PAGE_SIZE);

/** Pages of the same query stay until they are answered again, so that a reload does not flicker. */
function taken(before: Held, query: string, page: number, answer: GenerationList): Held {
  const pages = new Map(before.query === query ? before.pages : []);
  pages.set(page, answer.generations);
  return { query, total: answer.total, pages, problem: null };
}

function revised(before: Held, generations: readonly Generation[]): Held {
  const newer = new Map(generations.map((each) => [each.id, each]));
  const pages = new Map(
    [...before.pages].map(([page, members]) => [page, members.map((each) => newer.get(each.id) ?? each)] as const),
  );
  return { ...before, pages };
}

function problemOf(error: unknown): HubProblem {
  return error instanceof HubProblem ? error : new HubProblem(0, "error", "The hub's answer could not be read.");
}
