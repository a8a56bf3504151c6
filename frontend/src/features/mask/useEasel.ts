import { createContext, useContext } from "react";
import { useStore } from "zustand";

import type { Easel, Painter } from "@/features/mask/easel";

/** The painter that is open. */
export const PainterContext = createContext<Painter | null>(null);

export function usePainter(): Painter {
  const painter = useContext(PainterContext);
  if (!painter) throw new Error("no mask painter is open");
  return painter;
}

export const useEasel = <Part>(select: (easel: Easel) => Part): Part => useStore(usePainter().store, select);
