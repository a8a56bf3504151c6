/** What the files of LoRAs tell, by name: asked of the hub when somebody looks. */
import { create } from "zustand";

import { get } from "@/api/client";
import type { LoraCard, LoraCards } from "@/api/types";

type Cards = Readonly<Record<string, LoraCard>>;

export const useLoraStore = create<{ cards: Cards }>()(() => ({ cards: {} }));

const know = (cards: readonly LoraCard[]): void =>
  useLoraStore.setState((store) => ({
    cards: { ...store.cards, ...Object.fromEntries(cards.map((card) => [card.name, card])) },
  }));

/** Asks about those that a search finds; without an answer the names alone are shown. */
export async function lookAtLoras(search: string, family: string): Promise<void> {
  const query = new URLSearchParams({ search, ...(family && { family }) });
  await get<LoraCards>(`/api/loras?${query}`).then(
    ({ loras }) => know(loras),
    () => undefined,
  );
}

/** The card, as far as the hub has one; asked for once it has told what is in the file. */
export async function lookAtLora(name: string): Promise<LoraCard | null> {
  const known = useLoraStore.getState().cards[name];
  if (known?.told) return known;
  const path = name.split("/").map(encodeURIComponent).join("/");
  const found = await get<LoraCard>(`/api/loras/${path}`).catch(() => null);
  if (found) know([found]);
  return found;
}
