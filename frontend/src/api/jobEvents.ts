/** What the event stream of a job tells, as the hub's OpenAPI document has it. */
import { arrivalOf, type Arrival } from "@/api/arrival";
import type { components } from "@/api/schema";

export type JobEvent = components["schemas"]["JobMessage"];
export type JobEventOf<Type extends JobEvent["type"]> = Extract<JobEvent, { type: Type }>;

export const jobEventOf = (data: string): Arrival<JobEvent> => arrivalOf("JobMessage", data);
