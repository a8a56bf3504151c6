/** What the event stream of a job tells. */
import type { JobPicture, JobStatus } from "@/api/types";

interface Step {
  status: JobStatus;
  at: string;
}

export type JobEvent =
  | ({ type: "job"; error?: { task_id: string | null; message: string }; result?: unknown } & Step)
  | ({
      type: "task";
      task_id: string;
      batch_id: string | null;
      error_message: string | null;
      images?: JobPicture[];
    } & Step)
  | {
      type: "progress";
      batch_id: string;
      generation_id: string;
      node_id: string;
      current: number;
      total: number;
      completed: number;
      batch_total: number;
      eta_seconds: number | null;
    };

const TYPES = new Set(["job", "task", "progress"]);

/** Null for what is no event of ours: a later hub may tell more. */
export function jobEventOf(data: string): JobEvent | null {
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event !== "object" || event === null || !("type" in event)) return null;
    return TYPES.has(String(event.type)) ? (event as JobEvent) : null;
  } catch {
    return null;
  }
}
