/** What the hub can draw with. */
import { useEffect, useState } from "react";

import { get } from "@/api/client";
import type { Workflow, WorkflowDetail } from "@/api/types";

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

/** The workflow that the hub would choose for a stage's settings, so that its own parameters can be shown. */
export function chosenWorkflow(
  workflows: readonly Workflow[],
  settings: { model_family: string; loras?: readonly unknown[] } | null,
  fromPicture: boolean,
): Workflow | undefined {
  const operation = fromPicture ? "img2img" : "txt2img";
  const able = workflows.filter(
    (each) => each.operation === operation && each.families.includes(settings?.model_family ?? ""),
  );
  return able.find((each) => !settings?.loras?.length || each.supports_lora) ?? able[0];
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
