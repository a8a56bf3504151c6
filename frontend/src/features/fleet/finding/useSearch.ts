import { useCallback, useEffect, useState } from "react";
import { toast } from "sonner";

import { get, post } from "@/api/client";
import type { AddedMachines, DiscoveryProposal, FoundMachine, SearchResult } from "@/api/types";
import { plural } from "@/lib/format";
import { useGpuStore } from "@/stores/gpuStore";

export const keyOf = ({ host, port }: FoundMachine): string => `${host}:${port}`;

/** What would be asked, what was found, and what of that is chosen. */
export function useSearch(onDone: () => void) {
  const [proposal, setProposal] = useState<DiscoveryProposal | null>(null);
  const [result, setResult] = useState<SearchResult | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState<"searching" | "adding" | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    get<DiscoveryProposal>("/api/discovery").then(setProposal, (error: Error) => setProblem(error.message));
  }, []);

  const attempt = useCallback(async (doing: "searching" | "adding", work: () => Promise<void>) => {
    setBusy(doing);
    setProblem("");
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(null);
    }
  }, []);

  const search = (ranges: readonly string[], ports: readonly number[]) =>
    attempt("searching", async () => {
      const found = await post<SearchResult>("/api/discovery/search", { ranges, ports });
      setResult(found);
      setChosen(new Set(found.found.filter((each) => each.known_as === null).map(keyOf)));
    });

  const add = () =>
    attempt("adding", async () => {
      const machines = (result?.found ?? [])
        .filter((each) => chosen.has(keyOf(each)))
        .map(({ host, port }) => ({ host, port }));
      const { added } = await post<AddedMachines>("/api/discovery/add", { machines });
      toast.success(`${plural(added.length, "machine")} written into gpus.yaml; the hub asks what they have.`);
      await useGpuStore.getState().refresh();
      onDone();
    });

  const toggle = (key: string) => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    setChosen(next);
  };
  return { proposal, result, chosen, busy, problem, search, add, toggle };
}

/** The words of a field: parted by commas or blanks. */
export const partsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);
