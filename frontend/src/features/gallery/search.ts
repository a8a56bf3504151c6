/** The gallery's search form, and the hub's query for it. */
import { useEffect, useState } from "react";

import { seedProblem } from "@/lib/seed";

export interface GallerySearch {
  prompt: string;
  family: string;
  lora: string;
  gpuId: string;
  /** Digits, since a number would be rounded. */
  seed: string;
  /** Days as the date field gives them, in the person's time zone; both are included. */
  from: string;
  to: string;
  /** What it differs in from others of its batch: "steps", "steps 30". */
  varied: string;
  /** Id of a board. */
  board: string;
  /** The least rating. */
  rating: string;
  sort: string;
  starred: boolean;
}

export const EVERYTHING: GallerySearch = {
  prompt: "",
  family: "",
  lora: "",
  gpuId: "",
  seed: "",
  from: "",
  to: "",
  varied: "",
  board: "",
  rating: "",
  sort: "",
  starred: false,
};

export const isNarrowed = ({ starred, sort: _, ...search }: GallerySearch): boolean =>
  starred || Object.values(search).some((value) => typeof value === "string" && value.trim() !== "");

export function queryOf(search: GallerySearch): string {
  const query = new URLSearchParams({ status: "complete", kept: "true" });
  const given = {
    prompt: search.prompt.trim(),
    model_family: search.family,
    lora: search.lora,
    gpu_id: search.gpuId,
    seed: seedProblem(search.seed || null) ? "" : search.seed,
    created_from: midnight(search.from, 0),
    created_to: midnight(search.to, 1),
    varied: variedQuery(search.varied),
    board_id: search.board,
    min_rating: search.rating,
    sort: search.sort || (search.board && "board"),
    starred: search.starred ? "true" : "",
  };
  for (const [name, value] of Object.entries(given)) if (value) query.set(name, value);
  return query.toString();
}

/** The beginning of that day, or of one so many days later; nothing for an incomplete date. */
function midnight(day: string, later: number): string {
  const moment = new Date(`${day}T00:00`);
  moment.setDate(moment.getDate() + later);
  if (Number.isNaN(moment.getTime())) return "";
  const iso = moment.toISOString();
  return /^\d{4}-/.test(iso) ? iso : "";
}

/** The value once it has not changed for a while; an empty text at once. */
export function useSettled(value: string, afterMs: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value ? afterMs : 0);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}

/** The hub's form of what a person typed: "steps 30" and "steps=30" are steps with that value, "steps" any of them. */
export function variedQuery(text: string): string {
  const [, name = "", value] = /^\s*([^\s=]+)(?:\s*=\s*|\s+)?(.*?)\s*$/.exec(text) ?? [];
  return value ? `${name}=${value}` : name;
}
