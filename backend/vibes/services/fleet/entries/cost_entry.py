"""What an entry of ``gpus.yaml`` says of money: its cost, its budget, and when it is used."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from vibes.documents.yaml_document import YamlDocument
from vibes.domain.cost import NodeBudget, NodeCost, Use
from vibes.domain.errors import DocumentProblem
from vibes.domain.money import NOTHING, MicroUsd, parse_usd


def _amount(value: Any, info: ValidationInfo) -> MicroUsd:
    try:
        return parse_usd(value)
    except ValueError as error:
        raise ValueError(f"{info.field_name} {error}") from None


_Amount = Annotated[MicroUsd, BeforeValidator(_amount)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CostEntry(_Entry):
    per_image_usd: _Amount | None = None
    per_hour_usd: _Amount | None = None

    def to_cost(self) -> NodeCost:
        return NodeCost(per_image=self.per_image_usd or NOTHING, per_hour=self.per_hour_usd or NOTHING)


class BudgetEntry(_Entry):
    per_batch_usd: _Amount | None = None
    daily_usd: _Amount | None = None
    monthly_usd: _Amount | None = None

    def to_budget(self) -> NodeBudget:
        return NodeBudget(per_batch=self.per_batch_usd, daily=self.daily_usd, monthly=self.monthly_usd)


class _MoneyOfANode(Protocol):
    @property
    def cost(self) -> CostEntry | None: ...
    @property
    def use(self) -> Use | None: ...
    @property
    def overflow_after_seconds(self) -> float | None: ...


def cost_problems(document: YamlDocument, nodes: Sequence[_MoneyOfANode]) -> Iterator[DocumentProblem]:
    """What does not go together."""
    for index, node in enumerate(nodes):
        place = ("nodes", index)
        if node.cost is not None and node.cost.per_image_usd is None and node.cost.per_hour_usd is None:
            advice = "cost: say per_image_usd or per_hour_usd, 0.02 for example"
            yield document.problem((*place, "cost"), advice)
        if node.cost is not None and node.use is Use.ALWAYS:
            advice = "use: always is for nodes that cost nothing; say when_asked or overflow"
            yield document.problem((*place, "use"), advice)
        if node.overflow_after_seconds is not None and node.use is not Use.OVERFLOW:
            advice = "overflow_after_seconds is for a node with use: overflow"
            yield document.problem((*place, "overflow_after_seconds"), advice)
