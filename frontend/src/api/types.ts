/** Short names for the bodies of the hub's API; `schema.ts` is generated from its OpenAPI document. */
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type Generation = Schemas["GenerationOut"];
export type GenerationStatus = Generation["status"];
export type Session = Schemas["SessionOut"];
export type SessionDetail = Schemas["SessionDetailOut"];
export type SessionSummary = Schemas["SessionSummaryOut"];
export type ReasonCode = Schemas["ReasonCode"];
export type Gpu = Schemas["GpuOut"];
export type GpuList = Schemas["GpuList"];
export type GpuModels = Schemas["GpuModels"];
export type Batch = Schemas["BatchOut"];
export type BatchRequest = Schemas["GenerateBatchBody"];
export type Estimate = Schemas["EstimateOut"];
export type Flows = Schemas["FlowsOut"];
export type FlowPreset = Schemas["FlowPresetOut"];
export type FlowStage = FlowPreset["stages"][number];
export type Workflow = Schemas["WorkflowOut"];
export type WorkflowDetail = Schemas["WorkflowDetail"];
export type Timeline = Schemas["Timeline"];
export type GenerationList = Schemas["GenerationList"];
export type Operation = Schemas["Operation"];
export type TaskType = Schemas["TaskTypeOut"];
export type TaskTypeList = Schemas["TaskTypeList"];
export type Catalog = Schemas["CatalogOut"];
export type Models = Schemas["ModelsOut"];
export type ModelFile = Schemas["ModelFileOut"];
export type FamilyModels = Schemas["FamilyModelsOut"];
export type CatalogItem = Schemas["CatalogItem"];
export type Artifact = Schemas["ArtifactOut"];
export type Job = Schemas["JobOut"];
export type JobTask = Schemas["JobTaskOut"];
export type JobList = Schemas["JobList"];
export type JobStatus = Schemas["JobStatus"];
export type JobAccepted = Schemas["JobAccepted"];
export type JobPicture = Schemas["PictureOut"];

export const TERMINAL: ReadonlySet<GenerationStatus> = new Set(["complete", "failed", "cancelled"]);

export const isOver = (status: JobStatus): boolean => TERMINAL.has(status as GenerationStatus);
