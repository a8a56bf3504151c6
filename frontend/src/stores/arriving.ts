/** Who takes what is dropped or pasted: a page's own place for pictures, and whoever takes anything anywhere. */
import { create } from "zustand";

import type { Arrival } from "@/lib/arriving/arrivals";

export type Taker = (arrival: Arrival) => void;

interface Arriving {
  /** Of the page that is shown; null: it has no place for pictures. */
  place: Taker | null;
  /** Called with what arrives elsewhere; `place` gets what nobody can read anything from. */
  anywhere: ((arrival: Arrival, place: Taker | null) => void) | null;
}

export const useArrivingStore = create<Arriving>()(() => ({ place: null, anywhere: null }));
