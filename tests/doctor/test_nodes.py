"""What the doctor says of nodes: who answers, why one does not, what is old, whose clock is wrong."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.doctor.facts import NOW, away, codes, config, said, status, well
from vibes.domain.doctor.finding import Area, Finding, State
from vibes.domain.nodes.introduction import NotReached, Unreached
from vibes.domain.nodes.node import ModelFile, ModelFolder, NodeState
from vibes.domain.reason import Reason, ReasonCode
from vibes.services.doctor.nodes import NodeFacts, judge_clocks, judge_nodes, version_of


def judged(*nodes: NodeFacts, in_container: bool = False) -> list[Finding]:
    return list(judge_nodes(nodes, in_container=in_container))


def test_a_fleet_that_answers_is_one_line() -> None:
    [found] = judged(well("attic"), well("cellar", version="0.3.64"), well("tower"))
    assert (found.code, found.state) == ("nodes_reached", State.OK)
    assert found.sentence == "3 of 3 nodes answer: ComfyUI 0.33.0 on 2, ComfyUI 0.3.64 on 1."


@pytest.mark.parametrize("cause", Unreached)
def test_each_cause_has_a_code_of_its_own_and_says_what_to_do(cause: Unreached) -> None:
    found = judged(away(cause), well("other"))[0]
    assert found.code == f"node_{cause}"
    assert found.subject == "attic"
    assert found.state is (State.WARN if cause in {Unreached.SILENT, Unreached.NO_ROUTE} else State.WRONG)
    assert found.sentence.endswith(".")
    assert "{" not in found.sentence


def test_a_machine_that_is_switched_off_is_wrong_only_where_no_other_answers() -> None:
    found = judged(away(Unreached.SILENT))
    assert codes(found) == ["node_silent", "no_node_answers"]
    assert {each.state for each in found} == {State.WRONG}


def test_a_comfyui_that_was_started_on_another_port_is_pointed_at() -> None:
    for cause in (Unreached.REFUSED, Unreached.OTHER_PROGRAM):
        found = judged(away(cause, other_ports=(8000, 8189)), well("other"))[0]
        assert "answers there at port 8000 and 8189: put that port into gpus.yaml" in found.sentence


def test_in_a_container_the_loopback_address_is_said_to_be_the_container_itself() -> None:
    node = replace(away(Unreached.REFUSED), config=replace(config(), host="127.0.0.1"))
    assert "host.docker.internal" in judged(node, in_container=True)[0].sentence
    assert "--listen" in judged(node)[0].sentence


def test_an_old_comfyui_and_an_old_python_are_told() -> None:
    found = judged(well(version="0.3.10", python="3.8.10"))
    assert codes(found) == ["node_comfyui_old", "node_python_old", "nodes_reached"]
    assert codes(judged(well(version="v0.3.64-2-gabc", python=""), well("b", version="nightly"))) == ["nodes_reached"]


@pytest.mark.parametrize(
    ("text", "version"), [("0.33.0", (0, 33, 0)), ("v1.2", (1, 2)), ("unknown", ()), ("9" * 400, (999999,))]
)
def test_versions_are_read_from_whatever_a_node_says(text: str, version: tuple[int, ...]) -> None:
    assert version_of(text) == version


def test_what_only_the_hub_knows_of_a_node_is_told_too() -> None:
    wedged = status(config(), state=NodeState.WEDGED, reason=Reason(ReasonCode.WEDGED, "restart it"))
    refused = status(config(), pause=Reason(ReasonCode.MISCONFIGURED, "the key is refused"))
    broke = status(config(), pause=Reason(ReasonCode.ERRORS, "had 3 errors"), last_error="out of memory")
    unread = status(config(), unreadable={ModelFile(ModelFolder.CHECKPOINTS, "a.safetensors"): "a is cut off"})
    for told, code, area in (
        (wedged, "node_wedged", Area.NODES),
        (refused, "provider_refuses", Area.KEYS),
        (broke, "node_errors", Area.NODES),
        (unread, "file_unreadable", Area.FILES),
    ):
        found = judged(replace(well(), status=told))[0]
        assert (found.code, found.area) == (code, area)


def test_a_node_of_another_kind_is_judged_by_what_the_hub_knows() -> None:
    gone = NodeFacts(config=config(), status=status(config(), state=NodeState.OFFLINE, reachable=False))
    rented = status(
        config(), state=NodeState.OFFLINE, reachable=False, reason=Reason(ReasonCode.NOT_RENTED, "nothing waits")
    )
    assert judged(gone, well("b"))[0].state is State.WRONG
    assert judged(NodeFacts(config=config(), status=rented), well("b"))[0].state is State.OK


def test_a_fleet_without_a_node_that_could_be_asked_says_so() -> None:
    assert codes(judged()) == ["no_nodes"]
    disabled = NodeFacts(config=replace(config(), enabled=False))
    assert codes(judged(disabled)) == ["no_nodes"]
    assert codes(judged(NodeFacts(config=config()))) == ["nodes_not_asked"]


@pytest.mark.parametrize(("seconds", "told"), [(0, False), (4, False), (-5, False), (90, True), (-7200, True)])
def test_a_clock_that_differs_by_more_than_a_few_seconds_is_told(seconds: int, told: bool) -> None:
    node = replace(well(), said=said(date=NOW + timedelta(seconds=seconds)))
    found = list(judge_clocks([node]))
    assert codes(found) == ["clock_skew" if told else "clocks_agree"]
    if told:
        assert ("ahead of" if seconds > 0 else "behind") in found[0].sentence


def test_nodes_that_tell_no_time_are_not_judged_by_it() -> None:
    assert list(judge_clocks([well(date=None), away(Unreached.REFUSED)])) == []


def test_addresses_that_mean_something_else_are_explained() -> None:
    listening = replace(away(Unreached.REFUSED), config=replace(config(), host="0.0.0.0"))  # noqa: S104 - nobody listens
    assert "is where a program listens" in judged(listening)[0].sentence
    docker = replace(away(Unreached.NO_NAME), config=replace(config(), host="host.docker.internal"))
    assert "--add-host=host.docker.internal:host-gateway" in judged(docker)[0].sentence


def test_a_proxy_s_page_is_not_told() -> None:
    page = NotReached(Unreached.BROKEN, "GET /system_stats: answered 502 Bad Gateway: <html><h1>502</h1></html>")
    told = judged(replace(well(), said=page))[0].sentence
    assert "502 Bad Gateway" in told
    assert "<" not in told
