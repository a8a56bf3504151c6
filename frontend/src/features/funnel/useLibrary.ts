/** What the hub can draw with: its workflows, and the model files that its nodes list. */
import { useEffect, useState } from "react";

import { get } from "@/api/client";
import type { GpuModels, Workflow, WorkflowDetail } from "@/api/types";
import { useGpuStore } from "@/stores/gpuStore";

export function useWorkflows(): Workflow[] {
  const [workflows, setWorkflows] = useState<Workflow[]>([]);
  useEffect(() => {
    get<{ workflows: Workflow[] }>("/api/workflows").then(
      (list) => setWorkflows(list.workflows),
      () => undefined,
    );
  }, []);
  return workflows;
}

/** The workflow that the hub would choose for a family, so that its own parameters can be shown. */
export function chosenWorkflow(
  workflows: readonly Workflow[],
  family: string,
  fromPicture: boolean,
  loras: number,
): Workflow | undefined {
  const operation = fromPicture ? "img2img" : "txt2img";
  const able = workflows.filter((each) => each.operation === operation && each.families.includes(family));
  return able.find((each) => !loras || each.supports_lora) ?? able[0];
}

export function useWorkflowDetail(id: string | undefined): WorkflowDetail | null {
  const [detail, setDetail] = useState<WorkflowDetail | null>(null);
  useEffect(() => {
    let over = false;
    setDetail(null);
    if (id)
      get<WorkflowDetail>(`/api/workflows/${id}`).then(
        (found) => !over && setDetail(found),
        () => undefined,
      );
    return () => {
      over = true;
    };
  }, [id]);
  return detail;
}

/** File name → the names of the nodes that have it; of every node that answers. */
export function useFleetLoras(): ReadonlyMap<string, string[]> {
  const [models, setModels] = useState<ReadonlyMap<string, string[]>>(new Map());
  const ids = useGpuStore(({ gpus }) =>
    gpus
      .filter((gpu) => gpu.state !== "offline")
      .map((gpu) => gpu.id)
      .join(" "),
  );
  useEffect(() => {
    let over = false;
    void (async () => {
      const found = new Map<string, string[]>();
      for (const id of ids.split(" ").filter(Boolean)) {
        const listed = await get<GpuModels>(`/api/gpus/${encodeURIComponent(id)}/models`).catch(() => null);
        for (const file of listed?.models.loras ?? []) found.set(file, [...(found.get(file) ?? []), id]);
      }
      if (!over) setModels(new Map([...found].sort(([one], [other]) => one.localeCompare(other))));
    })();
    return () => {
      over = true;
    };
  }, [ids]);
  return models;
}
