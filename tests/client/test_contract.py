"""The client's values are those that the hub's own description promises, and its two halves are alike."""

import inspect
import json
import re
from collections.abc import AsyncGenerator, Coroutine, Generator
from dataclasses import fields
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from vibes.client.endpoints.artifacts import Artifacts, AsyncArtifacts
from vibes.client.endpoints.batches import AsyncBatches, Batches
from vibes.client.endpoints.boards import AsyncBoards, Boards
from vibes.client.endpoints.concepts import AsyncConcepts, Concepts
from vibes.client.endpoints.costs import AsyncCostControl, CostControl
from vibes.client.endpoints.discovery import AsyncDiscovery, AsyncQueueControl, Discovery, QueueControl
from vibes.client.endpoints.doctor import AsyncDoctor, Doctor
from vibes.client.endpoints.exploration import AsyncExploration, Exploration
from vibes.client.endpoints.generations import AsyncGenerations, Generations
from vibes.client.endpoints.jobs import AsyncJobs, Jobs
from vibes.client.endpoints.llm import AsyncLanguageModels, LanguageModels
from vibes.client.endpoints.prompts import AsyncPrompts, Prompts
from vibes.client.endpoints.recipes import AsyncRecipes, Recipes
from vibes.client.endpoints.refinements import AsyncRefinements, Refinements
from vibes.client.endpoints.rentals import AsyncRentals, Rentals
from vibes.client.endpoints.replicas import AsyncReplicaView, ReplicaView
from vibes.client.endpoints.retention import AsyncRetentionControl, RetentionControl
from vibes.client.endpoints.sessions import AsyncSessions, Sessions
from vibes.client.endpoints.workflows import AsyncWorkflows, Workflows
from vibes.client.events import job_events, session_events
from vibes.client.hub_clients import AsyncHubClient, HubClient
from vibes.client.values import (
    boards,
    concepts,
    costs,
    doctor,
    exploration,
    fleet,
    llm,
    models,
    pictures,
    prompts,
    recipes,
    refinements,
    rentals,
    replicas,
    retention,
    workflow_jobs,
)
from vibes.commands.development.openapi import openapi_document

SCHEMAS: dict[str, Any] = json.loads(openapi_document())["components"]["schemas"]

ANSWERS = [
    (pictures.Artifact, "ArtifactOut"),
    (pictures.WrittenPrompt, "WrittenPromptOut"),
    (pictures.Batch, "BatchOut"),
    (pictures.ChosenModel, "ChosenModel"),
    (pictures.Axis, "AxisOut"),
    (exploration.Ahead, "AheadOut"),
    (exploration.Neighbour, "NeighbourOut"),
    (exploration.Neighbours, "NeighboursOut"),
    (models.FamilyFile, "FamilyFileOut"),
    (models.FamilyModels, "FamilyModelsOut"),
    (models.LastPicture, "LastPicture"),
    (models.ModelFile, "ModelFileOut"),
    (models.Models, "ModelsOut"),
    (pictures.Generation, "GenerationOut"),
    (pictures.GenerationImage, "ImageOut"),
    (pictures.Written, "WrittenOut"),
    (pictures.GenerationPage, "GenerationList"),
    (pictures.Lora, "LoraOut"),
    (pictures.Session, "SessionOut"),
    (pictures.SessionDetail, "SessionDetailOut"),
    (pictures.SessionPage, "SessionList"),
    (pictures.SessionSummary, "SessionSummaryOut"),
    (workflow_jobs.AcceptedJob, "JobAccepted"),
    (workflow_jobs.Job, "JobOut"),
    (workflow_jobs.JobError, "JobError"),
    (workflow_jobs.JobPage, "JobList"),
    (workflow_jobs.JobSummary, "JobSummary"),
    (workflow_jobs.JobTask, "JobTaskOut"),
    (workflow_jobs.JobTaskSummary, "TaskSummary"),
    (workflow_jobs.Picture, "PictureOut"),
    (fleet.Catalog, "CatalogOut"),
    (fleet.CatalogItem, "CatalogItem"),
    (concepts.ConceptCard, "CardOut"),
    (concepts.ConceptPrompt, "AssembleOut"),
    (concepts.ConceptSuggestions, "SuggestOut"),
    (concepts.SplitConcept, "SplitOut"),
    (costs.Costs, "CostsOut"),
    (costs.CostSum, "CostSum"),
    (costs.DayCost, "DayCost"),
    (costs.GpuCostSum, "GpuCost"),
    (costs.MaybePaid, "MaybePaidOut"),
    (costs.MaybePaidAnswer, "MaybePaidAnswer"),
    (costs.MaybePaidPage, "MaybePaidList"),
    (costs.MonthCost, "MonthCost"),
    (costs.SessionCost, "SessionCost"),
    (prompts.Completion, "CompletionOut"),
    (prompts.Completions, "Completions"),
    (prompts.LoraCard, "LoraCardOut"),
    (prompts.LoraPage, "LoraCards"),
    (prompts.PastPrompt, "PastPromptOut"),
    (prompts.PastPromptPage, "PastPrompts"),
    (prompts.Style, "StyleOut"),
    (prompts.StylePage, "StyleList"),
    (prompts.TriggerWord, "TriggerWordOut"),
    (prompts.Wildcard, "WildcardOut"),
    (prompts.WildcardPage, "WildcardSummaries"),
    (prompts.WildcardSummary, "WildcardSummary"),
    (recipes.Recipe, "RecipeOut"),
    (recipes.RecipeFile, "RecipeFileOut"),
    (recipes.RecipeWorkflow, "RecipeWorkflowOut"),
    (refinements.Intent, "IntentOut"),
    (refinements.IterationPlan, "IterationPlanOut"),
    (refinements.PromptChanges, "ChangesOut"),
    (refinements.VisionContext, "VisionContextOut"),
    (refinements.Wish, "WishOut"),
    (refinements.WishConflict, "ConflictOut"),
    (boards.Board, "BoardOut"),
    (boards.BoardChange, "BoardChangeOut"),
    (boards.BoardPage, "BoardList"),
    (rentals.Rental, "RentalOut"),
    (rentals.RentalPage, "RentalList"),
    (replicas.Leader, "LeaderOut"),
    (replicas.Replica, "ReplicaOut"),
    (replicas.Replicas, "ReplicasOut"),
    (retention.Leaving, "LeavingOut"),
    (retention.Retention, "RetentionOut"),
    (doctor.DoctorFinding, "DoctorFinding"),
    (doctor.DoctorReport, "DoctorReport"),
    (llm.Llm, "LlmOut"),
    (llm.LlmStage, "LlmStage"),
    (llm.LlmChecks, "LlmChecks"),
    (llm.LlmCheck, "LlmCheck"),
    (fleet.FileProblem, "FileProblem"),
    (fleet.Fleet, "GpuList"),
    (fleet.GenerationOnNode, "OnNodeOut"),
    (fleet.Gpu, "GpuOut"),
    (fleet.GpuCost, "GpuCostOut"),
    (fleet.GpuModel, "GpuModelOut"),
    (fleet.Queue, "QueueOut"),
    (fleet.RunningGeneration, "RunningOut"),
    (fleet.Speed, "SpeedOut"),
    (fleet.TaskType, "TaskTypeOut"),
    (fleet.TaskTypes, "TaskTypeList"),
    (fleet.UnreadableFile, "UnreadableFileOut"),
    (fleet.WaitingGeneration, "WaitingOut"),
]
HALVES = [
    (AsyncArtifacts, Artifacts),
    (AsyncBatches, Batches),
    (AsyncConcepts, Concepts),
    (AsyncCostControl, CostControl),
    (AsyncDiscovery, Discovery),
    (AsyncDoctor, Doctor),
    (AsyncExploration, Exploration),
    (AsyncGenerations, Generations),
    (AsyncPrompts, Prompts),
    (AsyncRecipes, Recipes),
    (AsyncWorkflows, Workflows),
    (AsyncRefinements, Refinements),
    (AsyncBoards, Boards),
    (AsyncRentals, Rentals),
    (AsyncReplicaView, ReplicaView),
    (AsyncRetentionControl, RetentionControl),
    (AsyncJobs, Jobs),
    (AsyncQueueControl, QueueControl),
    (AsyncLanguageModels, LanguageModels),
    (AsyncSessions, Sessions),
]


@pytest.mark.parametrize(("kind", "schema"), ANSWERS, ids=lambda each: getattr(each, "__name__", each))
def test_a_value_has_the_fields_that_the_hub_tells(kind: type[Any], schema: str) -> None:
    assert {each.name for each in fields(kind)} == set(SCHEMAS[schema]["properties"])


def test_a_batch_request_has_the_fields_that_the_hub_takes() -> None:
    renamed = {"parents": "from"}
    known = {renamed.get(each.name, each.name) for each in fields(pictures.BatchRequest)}
    assert known == set(SCHEMAS["GenerateBatchBody"]["properties"])


def test_a_style_is_saved_with_the_fields_that_the_hub_takes() -> None:
    assert {each.name for each in fields(prompts.StyleDraft)} == set(SCHEMAS["StyleBody"]["properties"])


def test_feedback_has_the_fields_that_the_hub_takes() -> None:
    known = {each.name for each in fields(refinements.Feedback)}
    assert known | {"session_id"} == set(SCHEMAS["IterationRequest"]["properties"])


def test_every_value_of_the_client_is_held_against_the_hub() -> None:
    asked = {
        pictures.BatchRequest,
        exploration.VariationsRequest,
        refinements.Feedback,
        workflow_jobs.Task,
        prompts.StyleDraft,
    }
    held = {kind for kind, _ in ANSWERS} | asked
    for module in (
        pictures,
        boards,
        exploration,
        workflow_jobs,
        fleet,
        concepts,
        costs,
        prompts,
        recipes,
        refinements,
        rentals,
        retention,
        llm,
    ):
        own = {
            kind
            for kind in vars(module).values()
            if inspect.isclass(kind) and kind.__module__ == module.__name__ and hasattr(kind, "__dataclass_fields__")
        }
        assert own <= held


@pytest.mark.parametrize(("asynchronous", "blocking"), HALVES, ids=lambda each: each.__name__)
def test_the_blocking_half_does_what_the_other_one_does(asynchronous: type[Any], blocking: type[Any]) -> None:
    assert _methods(asynchronous) == _methods(blocking)


def test_both_clients_have_the_same_things() -> None:
    things = get_type_hints(AsyncHubClient)
    assert {name: kind.__name__.removeprefix("Async") for name, kind in things.items()} == {
        name: kind.__name__ for name, kind in get_type_hints(HubClient).items()
    }
    assert inspect.signature(AsyncHubClient.__init__) == inspect.signature(HubClient.__init__)
    halves = {asynchronous.__name__ for asynchronous, _ in HALVES}
    assert {kind.__name__ for kind in things.values()} == halves


def _methods(kind: type[Any]) -> dict[str, tuple[list[inspect.Parameter], Any]]:
    """Each public method with its parameters and what it answers, awaited or not."""
    found = {}
    for name, method in vars(kind).items():
        if not name.startswith("_"):
            signature = inspect.signature(method)
            found[name] = (list(signature.parameters.values()), _awaited(signature.return_annotation))
    return found


def _awaited(answer: Any) -> Any:
    origin = get_origin(answer)
    if origin in {AsyncGenerator, Generator}:
        return ("each", get_args(answer)[0])
    return get_args(answer)[-1] if origin is Coroutine else answer


ENUMS = {name: schema["enum"] for name, schema in SCHEMAS.items() if "enum" in schema}
MESSAGES = [
    (kind, SCHEMAS[stream]["discriminator"]["mapping"][name].rsplit("/", 1)[-1])
    for stream, kinds in (("LiveMessage", session_events.KINDS), ("JobMessage", job_events._KINDS))
    for name, kind in kinds.items()
]


@pytest.mark.parametrize(("kind", "schema"), [*ANSWERS, *MESSAGES], ids=lambda each: getattr(each, "__name__", each))
def test_what_is_one_of_a_list_is_so_by_the_domains_own_enum(kind: type[Any], schema: str) -> None:
    for name, field in SCHEMAS[schema]["properties"].items():
        for enum in ENUMS.keys() & set(re.findall(r"#/components/schemas/(\w+)", json.dumps(field))):
            known = {each.__name__: each for each in _enums_in(get_type_hints(kind)[name])}
            assert enum in known, f"{name} is one of {enum}"
            assert [each.value for each in known[enum]] == ENUMS[enum]


def _enums_in(hint: Any) -> set[type[StrEnum]]:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {hint}
    return {found for each in get_args(hint) for found in _enums_in(each)}


@pytest.mark.parametrize(
    ("stream", "kinds", "own"),
    [("LiveMessage", session_events.KINDS, {"type"}), ("JobMessage", job_events._KINDS, {"type"})],
    ids=["live", "job"],
)
def test_an_event_has_the_fields_that_the_hub_tells(stream: str, kinds: dict[str, type[Any]], own: set[str]) -> None:
    of_type = SCHEMAS[stream]["discriminator"]["mapping"]
    assert set(of_type) == set(kinds), "a type that the client does not know, or the hub"
    for name, kind in kinds.items():
        told = set(SCHEMAS[of_type[name].rsplit("/", 1)[-1]]["properties"]) - own
        assert {each.name for each in fields(kind)} - {"id"} == told, "the id is the stream's own"


def test_every_event_that_is_named_for_a_kind_is_one() -> None:
    assert all(issubclass(kind, job_events.JobEvent) for kind in job_events._KINDS.values())
    assert all(issubclass(kind, session_events.SessionEvent) for kind in session_events.KINDS.values())
