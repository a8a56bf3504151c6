import { useEffect, useState } from "react";

import { get } from "@/api/client";
import type { Catalog } from "@/api/types";
import { useGpuStore } from "@/stores/gpuStore";

/** File name → the nodes that have it, of every node that has answered; asked anew when the fleet changes. */
export function useFleetLoras(): ReadonlyMap<string, readonly string[]> {
  const [loras, setLoras] = useState<ReadonlyMap<string, readonly string[]>>(new Map());
  const fleet = useGpuStore(({ gpus }) => JSON.stringify(gpus.map(({ id, healthy }) => [id, healthy])));
  useEffect(() => {
    let over = false;
    get<Catalog>("/api/workflow/catalog").then(
      (catalog) => !over && setLoras(new Map(catalog.loras.map(({ name, nodes }) => [name, nodes]))),
      () => undefined, // the known ones stay
    );
    return () => {
      over = true;
    };
  }, [fleet]);
  return loras;
}
