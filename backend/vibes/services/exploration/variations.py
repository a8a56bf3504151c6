"""Submits pictures that differ from one another in a known way, and says which value of which axis is wrong."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vibes.domain.errors import InvalidRequest, NoCapableNode, Problem
from vibes.domain.exploration.grid import Cell, GridAxis, grid
from vibes.domain.exploration.variations import Variation, varied_of, varied_request
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.variation import LORA, WORDING, Axis, value_text, varied_text
from vibes.services.generations.idempotency import IdempotencyKey
from vibes.services.generations.resolver import Refusal
from vibes.services.generations.service import GenerationService, Rehearsal, Submission
from vibes.text.json_pointer import json_pointer

_SIDES = ("x", "y")


@dataclass(frozen=True, slots=True)
class VariationsRequest:
    """Pictures like ``base``, each with its difference, in the order of drawing."""

    base: GenerationRequest
    variations: Sequence[Variation]
    axes: tuple[GridAxis, ...] = ()
    """Where they are the cells of a grid."""
    cells: Sequence[Cell] = ()
    """The place of each in that grid."""

    @classmethod
    def of_grid(cls, base: GenerationRequest, axes: Sequence[GridAxis]) -> "VariationsRequest":
        """Raises InvalidRequest for one that is too large."""
        placed = grid(axes)
        return cls(base, [each for _, each in placed], tuple(axes), [cell for cell, _ in placed])


class Variations:
    def __init__(self, generations: GenerationService) -> None:
        self._generations = generations

    async def submit(self, asked: VariationsRequest, key: IdempotencyKey | None = None) -> Submission:
        """One batch, stored as a whole. Raises what `GenerationService.submit` raises; each problem names the value
        that it is about."""
        answer = await self._generations.submit_varied(await requests_of(asked), _axes(asked), key)
        if isinstance(answer, Submission):
            return answer
        raise _refusal(asked, answer)

    async def rehearse(self, asked: VariationsRequest) -> Rehearsal:
        """What `submit` would queue, with the same checks; nothing is queued."""
        answer = await self._generations.rehearse_varied(await requests_of(asked), _axes(asked))
        if isinstance(answer, Rehearsal):
            return answer
        raise _refusal(asked, answer)


async def requests_of(asked: VariationsRequest) -> list[GenerationRequest]:
    """One a picture. Hundreds of long prompts take seconds, so not in the event loop. Raises InvalidRequest."""
    return await asyncio.to_thread(_requests, asked)


def _requests(asked: VariationsRequest) -> list[GenerationRequest]:
    requests: list[GenerationRequest] = []
    refused: dict[int, Refusal] = {}
    for index, variation in enumerate(asked.variations):
        try:
            requests.append(varied_request(asked.base, variation))
        except InvalidRequest as error:
            refused[index] = error
    if refused:
        raise _refusal(asked, refused)
    return requests


def _axes(asked: VariationsRequest) -> list[Axis]:
    return [
        Axis(axis.parameter, tuple(varied_of({axis.parameter: value})[axis.parameter] for value in axis.values))
        for axis in asked.axes
    ]


def _refusal(asked: VariationsRequest, refused: Mapping[int, Refusal]) -> Refusal:
    """One error for all. What no node can do is told for the first of them, by what it differs in."""
    mistakes = {index: error for index, error in refused.items() if isinstance(error, InvalidRequest)}
    if not mistakes:
        index, error = next(iter(refused.items()))
        if len(refused) == len(asked.variations) or not isinstance(error, NoCapableNode):
            return error
        told = varied_text(varied_of(asked.variations[index]))
        return NoCapableNode(f"with {told}: {error.message}", error.reasons)
    problems = list(
        dict.fromkeys(
            _placed(asked, index, problem) for index, error in mistakes.items() for problem in _problems_of(error)
        )
    )
    codes = {error.code for error in mistakes.values()}
    message = "; ".join(problem.message for problem in problems)
    return InvalidRequest(message, code=codes.pop() if len(codes) == 1 else "invalid_parameters", problems=problems)


def _problems_of(error: InvalidRequest) -> Sequence[Problem]:
    return error.problems or (Problem("", error.message),)


def _placed(asked: VariationsRequest, index: int, problem: Problem) -> Problem:
    """The problem at the value that it is about; where that is none of the varied ones, in the request itself."""
    variation = asked.variations[index]
    parameter = next((each for each in variation if _is_about(problem, each)), None)
    if parameter is None:
        return problem
    place = _place(asked, index, parameter)
    told = value_text(varied_of(variation)[parameter])
    message = f"{parameter} {told}: {problem.message}"
    return Problem(".".join(str(part) for part in place), message, json_pointer(place))


def _place(asked: VariationsRequest, index: int, parameter: str) -> tuple[str | int, ...]:
    if not asked.axes:
        return "variations", index, parameter
    side = [axis.parameter for axis in asked.axes].index(parameter)
    cell = asked.cells[index]
    return "axes", _SIDES[side], "values", (cell.column, cell.row)[side]


def _is_about(problem: Problem, parameter: str) -> bool:
    field = problem.field
    return (
        field == parameter
        or (field.startswith("loras") and (parameter == "loras" or parameter.startswith(LORA)))
        or (field == "prompt" and parameter.startswith(WORDING))
    )
