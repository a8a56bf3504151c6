/** Short names for the bodies of the hub's API; `schema.ts` is generated from its OpenAPI document. */
import type { components } from "@/api/schema";
import { enums } from "@/api/schema.runtime.json";

type Schemas = components["schemas"];

export type Generation = Schemas["GenerationOut"];
export type GenerationStatus = Generation["status"];
export type Session = Schemas["SessionOut"];
export type FlowType = Session["flow_type"];
export type SessionDetail = Schemas["SessionDetailOut"];
export type SessionSummary = Schemas["SessionSummaryOut"];
export type ReasonCode = Schemas["ReasonCode"];
export type Gpu = Schemas["GpuOut"];
export type DrainRequest = Schemas["DrainRequest"];
export type GpuList = Schemas["GpuList"];
export type GpuModels = Schemas["GpuModels"];
export type Batch = Schemas["BatchOut"];
export type BatchRequest = Schemas["GenerateBatchBody"];
export type Estimate = Schemas["EstimateOut"];
export type Direction = Schemas["Direction"];
export type Neighbours = Schemas["NeighboursOut"];
export type Ahead = Schemas["AheadOut"];
export type CardField = Schemas["Field"];
export type ConceptSplit = Schemas["SplitOut"];
export type ConceptPrompt = Schemas["AssembleOut"];
export type ConceptSuggestions = Schemas["SuggestOut"];
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
export type JobRequestOut = Schemas["JobRequestOut"];
export type JobTask = Schemas["JobTaskOut"];
export type JobList = Schemas["JobList"];
export type JobStatus = Schemas["JobStatus"];
export type JobAccepted = Schemas["JobAccepted"];
export type Rental = Schemas["RentalOut"];
export type Retention = Schemas["RetentionOut"];
export type RentalList = Schemas["RentalList"];
export type Costs = Schemas["CostsOut"];
export type MaybePaid = Schemas["MaybePaidOut"];
export type MaybePaidList = Schemas["MaybePaidList"];
export type MaybePaidAnswer = Schemas["MaybePaidAnswer"];
export type MaybePaidAction = Schemas["MaybePaidBody"]["action"];
export type IterationPlan = Schemas["IterationPlanOut"];
export type IterationRequest = Schemas["IterationRequest"];
export type Changes = Schemas["ChangesOut"];
export type Conflict = Schemas["ConflictOut"];
export type Intent = Schemas["IntentOut"];
export type Wish = Schemas["WishOut"];
export type Refinement = Schemas["RefinementOut"];
export type RefinementList = Schemas["RefinementList"];
export type DoctorReport = Schemas["DoctorReport"];
export type DoctorFinding = Schemas["DoctorFinding"];
export type DiscoveryProposal = Schemas["DiscoveryProposal"];
export type FoundMachine = Schemas["FoundMachineOut"];
export type SearchResult = Schemas["SearchResult"];
export type AddedMachines = Schemas["AddedMachines"];
export type Llm = Schemas["LlmOut"];
export type LlmStage = Schemas["LlmStage"];
export type LlmCheck = Schemas["LlmCheck"];
export type LlmChecks = Schemas["LlmChecks"];
export type HubAddresses = Schemas["HubAddresses"];
export type Board = Schemas["BoardOut"];
export type BoardList = Schemas["BoardList"];
export type BoardChange = Schemas["BoardChangeOut"];
export type StyleOut = Schemas["StyleOut"];
export type StyleBody = Schemas["StyleBody"];
export type StyleKind = Schemas["StyleKind"];
export type StyleList = Schemas["StyleList"];
export type PastPrompt = Schemas["PastPromptOut"];
export type PastPrompts = Schemas["PastPrompts"];
export type Completion = Schemas["CompletionOut"];
export type Completions = Schemas["Completions"];
export type LoraCard = Schemas["LoraCardOut"];
export type LoraCards = Schemas["LoraCards"];
export type JobPicture = Schemas["PictureOut"];

/** Those of an enum's values that have something in common, as the hub's document says. */
const those = <Value extends string>(values: readonly string[]): ReadonlySet<Value> => new Set(values as Value[]);

export const TERMINAL = those<GenerationStatus>(enums.GenerationStatus.terminal);
const TERMINAL_OF_JOBS = those<JobStatus>(enums.JobStatus.terminal);
export const isOver = (status: JobStatus): boolean => TERMINAL_OF_JOBS.has(status);

/** The states in which a node takes work. */
export const TAKES_WORK = those<Gpu["state"]>(enums.NodeState["takes-work"]);

/** Why alone what had ended goes on: somebody asked for it again, or its picture came after it was given up. */
export const REOPENS = those<Schemas["QueuedCause"]>(enums.QueuedCause.reopens);

export type Recipe = Schemas["RecipeOut"];
export type RecipeFile = Schemas["RecipeFileOut"];
export type ImportPreview = Schemas["ImportPreview"];
export type ImportDoubt = Schemas["UnsureOut"];
export type ImportDrawing = Schemas["DrawingOut"];
export type ImportTrial = Schemas["TrialOut"];
