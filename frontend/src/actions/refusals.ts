/** The hub's refusals in words; one that is about money says in one sentence what can be done. */
import { HubProblem } from "@/api/client";
import type { Gpu } from "@/api/types";
import { nameOf } from "@/stores/gpuStore";

export function refusalInWords(problem: HubProblem, gpus: readonly Gpu[]): string {
  const dear = Object.entries(problem.reasons).filter(([, { code }]) => code === "costs");
  const payable = dear.find(([gpuId]) => gpus.find(({ id }) => id === gpuId)?.cost); // others have no price yet
  const [gpuId, reason] = payable ?? dear[0] ?? [];
  if (!gpuId || !reason) return problem.message;
  const said = `${nameOf(gpus, gpuId)} ${reason.sentence}`;
  return payable ? `${said}, and no other node can draw it: raise what it may cost.` : `${said}.`;
}
