"""gpus.yaml: a file of the first format loads as it is, and every mistake is told with its line."""

from pathlib import Path

import pytest

from tests.fakes import FakeFleet
from vibes.domain.cost import NodeBudget, NodeCost, Use
from vibes.domain.errors import InvalidDocument
from vibes.domain.money import parse_usd
from vibes.domain.nodes.node import Tier
from vibes.environment.shipped import shipped_folder
from vibes.nodes.comfyui.kind import comfyui_kind
from vibes.nodes.kinds import node_kinds
from vibes.ports.kinds import HubTraits, NodeKind, NodeKinds, only_options
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet

NO_FILES = TlsFiles(Path())
NODE = """nodes:
  - id: gpu-a
    name: "RTX 3060"
    vram_gb: 12
    tier: standard
    host: "192.168.1.102"
    port: 8188
    capabilities: [sd15, sdxl]
    max_resolution: 1024
    max_batch: 2
"""


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidDocument) as caught:
        parse_fleet(text, "gpus.yaml", NO_FILES, node_kinds())
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["gpus.yaml", "gpus.demo.yaml"])
def test_the_shipped_fleets_load(name: str) -> None:
    path: Path = shipped_folder("config") / name
    nodes = parse_fleet(path.read_text(encoding="utf-8"), name, NO_FILES, node_kinds())
    assert [node.id for node in nodes] == ["gpu-premium", "gpu-quality", "gpu-standard", "gpu-draft"]
    assert [node.tier for node in nodes] == [Tier.PREMIUM, Tier.QUALITY, Tier.STANDARD, Tier.DRAFT]
    assert nodes[0].capabilities >= {"sd15", "flux_fp8", "upscale"}


def test_a_generator_knows_its_memory_size_and_batch_itself() -> None:
    entry = "nodes:\n  - {id: a, name: A, tier: draft, capabilities: [sd15], kind: %s, options: {%s}%s}\n"
    for kind, options, more, side in (
        ("mock", "", "", 16384),
        ("mock", "", ", max_resolution: 768", 768),
        ("diffusers", "model: /model.safetensors, most_side: 1536", "", 1536),
        ("fal-comfy", "endpoint: a/b, inputs: {prompt: p}, width: 1024, height: 768, api_key: k", "", 1024),
    ):
        [node] = parse_fleet(entry % (kind, options, more), "gpus.yaml", NO_FILES, node_kinds())
        assert (node.vram_gb, node.max_resolution, node.max_batch) == (0, side, 1), kind
    for key in ("vram_gb", "max_resolution", "max_batch"):
        lacking = "\n".join(line for line in NODE.splitlines() if key not in line)
        assert problems(lacking) == [f"gpus.yaml:2:5: {key} is required"]


def test_the_optional_keys_shape_the_address() -> None:
    text = NODE + "    enabled: false\n    scheme: https\n    path_prefix: /comfy\n    headers: {X-Token: abc}\n"
    [node] = parse_fleet(text, "gpus.yaml", NO_FILES, node_kinds())
    assert (node.base_url, node.enabled, node.headers) == (
        "https://192.168.1.102:8188/comfy",
        False,
        {"X-Token": "abc"},
    )
    [v6] = parse_fleet(NODE.replace("192.168.1.102", "fd00::1"), "gpus.yaml", NO_FILES, node_kinds())
    assert v6.base_url == "http://[fd00::1]:8188"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("tier: standard", "tier: standrad"), "gpus.yaml:5:5: unknown tier 'standrad': use 'draft', 'standard'"),
        (("port: 8188", "port: 88188"), "gpus.yaml:7:5: port: input should be less than or equal to 65535, not 88188"),
        (("port: 8188", "port: http"), "gpus.yaml:7:5: port must be a whole number, not 'http'"),
        (("vram_gb: 12", "vram_gb: lots"), "gpus.yaml:4:5: vram_gb must be a number, not 'lots'"),
        (("max_batch: 2", "max_batsh: 2"), "gpus.yaml:10:5: unknown key 'max_batsh'; did you mean max_batch"),
        (('"192.168.1.102"', '"http://192.168.1.102"'), "gpus.yaml:6:5: host must be a bare name or address"),
        (("    port: 8188\n", "\tport: 8188\n"), "gpus.yaml:7:1: "),
        (("    port: 8188\n", "    port: 8188\n    port: 8189\n"), "gpus.yaml:8:5: the key 'port' is given twice"),
        (("[sd15, sdxl]", "sd15"), "gpus.yaml:8:5: capabilities must be a list, not 'sd15'"),
        (("id: gpu-a", "id: .."), "gpus.yaml:2:5: id '..' leads elsewhere in an address"),
        (("max_batch: 2", "max_batch: 2\n    path_prefix: /a/../b"), "gpus.yaml:11:5: path_prefix '/a/../b' leads"),
        (
            ("max_batch: 2", "max_batch: 2\n    headers: {content-length: '5'}"),
            "gpus.yaml:11:5: headers: content-length is",
        ),
        (
            ("max_batch: 2", "max_batch: 2\n    headers: {Sec-WebSocket-Key: x}"),
            "gpus.yaml:11:5: headers: Sec-WebSocket-",
        ),
        (("id: gpu-a", "id: gpu a"), "gpus.yaml:2:5: id 'gpu a' may hold letters, digits"),
        (("max_batch: 2", "max_batch: 2\n    headers: {X-Name: é}"), "gpus.yaml:11:5: headers: the value of X-Name"),
        (("max_batch: 2", "max_batch: 2\n    headers: {'a b': c}"), "gpus.yaml:11:5: headers: 'a b' is no header name"),
        (("id: gpu-a", "id: 5"), "gpus.yaml:2:5: id must be text, not 5"),
    ],
)
def test_each_mistake_is_told_with_its_line(change: tuple[str, str], message: str) -> None:
    found = problems(NODE.replace(*change))
    assert any(problem.startswith(message) for problem in found), found


KINDS = NodeKinds(
    [
        comfyui_kind(HubTraits()),
        NodeKind(
            name="easel",
            connect=FakeFleet(),
            needs_address=False,
            check_options=only_options("brush", "paper"),
        ),
    ]
)
EASEL = NODE.replace('    host: "192.168.1.102"\n    port: 8188\n', "    kind: easel\n    options: {brush: 3}\n")


def test_a_node_is_a_comfyui_unless_it_says_another_kind_which_may_need_no_address() -> None:
    [node] = parse_fleet(NODE, "gpus.yaml", NO_FILES, KINDS)
    assert (node.kind, node.options) == ("comfyui", {})
    first, second = parse_fleet(
        EASEL + EASEL.removeprefix("nodes:\n").replace("gpu-a", "gpu-b"), "gpus.yaml", NO_FILES, KINDS
    )
    assert (first.kind, first.options, first.host, first.base_url) == ("easel", {"brush": 3}, None, "")
    assert second.id == "gpu-b", "entries without an address are not one machine"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EASEL.replace("kind: easel", "kind: easle"), "gpus.yaml:6:5: unknown kind 'easle'; did you mean easel?"),
        (EASEL.replace("kind: easel", "kind: x"), "gpus.yaml:6:5: unknown kind 'x': there is comfyui, easel"),
        (EASEL.replace("kind: easel", "kind: 5"), "gpus.yaml:6:5: kind must be text, not 5"),
        (
            EASEL.replace("brush: 3", "brus: 3"),
            "gpus.yaml:7:15: options of kind easel: unknown option 'brus'; did you mean brush?",
        ),
        (EASEL.replace("{brush: 3}", "[brush]"), "gpus.yaml:7:5: options must be a mapping of names to values, not"),
        (
            NODE + "    options: {brush: 3}\n",
            "gpus.yaml:11:15: options of kind comfyui: unknown option 'brush': this kind has none",
        ),
        (NODE.replace('    host: "192.168.1.102"\n', ""), "gpus.yaml:2:5: host is required"),
    ],
)
def test_what_a_kind_does_not_know_is_told_with_its_line_and_advice(text: str, expected: str) -> None:
    with pytest.raises(InvalidDocument) as caught:
        parse_fleet(text, "gpus.yaml", NO_FILES, KINDS)
    [problem] = map(str, caught.value.problems)
    assert problem.startswith(expected)


@pytest.mark.parametrize("key", ["5", ".nan", "null", "2001-01-01", "? !!binary aGk= "])
@pytest.mark.parametrize("node", [NODE + "    options: {brush: 3}\n", EASEL], ids=["comfyui", "easel"])
def test_the_name_of_an_option_that_is_no_text_is_told(node: str, key: str) -> None:
    with pytest.raises(InvalidDocument, match="must be text"):
        parse_fleet(node.replace("brush:", f"{key}:"), "gpus.yaml", NO_FILES, KINDS)


def test_a_tab_is_called_by_its_name() -> None:
    [problem] = problems(NODE.replace("    port: 8188\n", "\tport: 8188\n"))
    assert "tab" in problem


def test_a_missing_key_and_a_duplicate_id_are_told_too() -> None:
    assert problems(NODE.replace("    port: 8188\n", "")) == ["gpus.yaml:2:5: port is required"]
    other = NODE.removeprefix("nodes:\n")
    duplicate = NODE + other.replace("8188", "8189")
    assert problems(duplicate) == ["gpus.yaml:11:5: the id 'gpu-a' is already used in line 2; ids must differ"]


def test_one_machine_has_one_entry() -> None:
    other = NODE.removeprefix("nodes:\n").replace("gpu-a", "gpu-b")
    [problem] = problems(NODE + other)
    assert problem == "gpus.yaml:15:5: http://192.168.1.102:8188 is already the node 'gpu-a'; a machine has one entry"


def test_a_message_stays_short_whatever_stands_in_the_file() -> None:
    [problem] = problems("nodes: {a: " + "x" * 100_000 + "}")
    assert len(problem) < 300


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems(NODE.replace("port: 8188", "port: 0").replace("tier: standard", "tier: gold"))) == 2


@pytest.mark.parametrize("text", ["", "[]", "nodes", "- id: a"])
def test_a_file_of_another_shape_is_told_what_is_expected(text: str) -> None:
    assert problems(text) == ["gpus.yaml:1:1: expected a mapping with the key 'nodes:'"]


@pytest.mark.parametrize("text", ["nodes: {{x}}", "nodes: &a [*a]", "nodes: 2024-13-45", "nodes: [", "\x00"])
def test_whatever_stands_in_it_the_answer_is_a_problem_and_never_a_crash(text: str) -> None:
    assert problems(text)


def test_an_empty_fleet_is_allowed() -> None:
    assert parse_fleet("nodes: []", "gpus.yaml", NO_FILES, node_kinds()) == ()


CLOUD = NODE.replace("max_batch: 2\n", "max_batch: 2\n    cost: {per_image_usd: $0.02}\n")


def test_a_node_says_what_it_costs_and_how_much_it_may_cost() -> None:
    rules = "    budget: {per_batch_usd: 0.5, daily_usd: 2, monthly_usd: $20}\n    use: overflow\n"
    [node] = parse_fleet(CLOUD + rules + "    overflow_after_seconds: 30\n", "gpus.yaml", NO_FILES, node_kinds())
    assert node.cost == NodeCost(per_image=parse_usd("0.02"))
    assert node.budget == NodeBudget(per_batch=parse_usd(0.5), daily=parse_usd(2), monthly=parse_usd(20))
    assert (node.use, node.overflow_after_seconds) == (Use.OVERFLOW, 30.0)
    [free] = parse_fleet(NODE, "gpus.yaml", NO_FILES, node_kinds())
    assert (free.cost, free.budget, free.use) == (None, NodeBudget(), None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CLOUD.replace("$0.02", "lots"), "gpus.yaml:11:12: per_image_usd must be an amount in dollars such as 0.08"),
        (CLOUD.replace("$0.02", "-1"), "gpus.yaml:11:12: per_image_usd must be from $0"),
        (CLOUD.replace("$0.02", "0.00000002"), "gpus.yaml:11:12: per_image_usd may have 6 decimals at most"),
        (CLOUD.replace("per_image", "per_imge"), "gpus.yaml:11:12: unknown key 'per_imge_usd'; did you mean per_image"),
        (CLOUD.replace("{per_image_usd: $0.02}", "{}"), "gpus.yaml:11:5: cost: say per_image_usd or per_hour_usd"),
        (CLOUD + "    use: always\n", "gpus.yaml:12:5: use: always is for nodes that cost nothing"),
        (CLOUD + "    use: overflw\n", "gpus.yaml:12:5: unknown use 'overflw': use 'always', 'when_asked'"),
        (CLOUD + "    budget: {dayly_usd: 1}\n", "gpus.yaml:12:14: unknown key 'dayly_usd'; did you mean daily_usd"),
        (CLOUD + "    overflow_after_seconds: 5\n", "gpus.yaml:12:5: overflow_after_seconds is for a node with use:"),
    ],
)
def test_mistakes_about_money_are_told_with_their_lines(text: str, message: str) -> None:
    [problem] = problems(text)
    assert problem.startswith(message), problem
