"""What the hub tells of itself to Prometheus: figures of what happened, under names by its rules."""

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.api.conftest import Studio

UNITS = ("seconds", "bytes", "ratio", "usd", "timestamp_seconds")
ABBREVIATED = re.compile(r"_(ms|millis\w*|msec|kb|mb|gb|minutes|hours|percent|pct)(_|$)")
PROMPT = "a lighthouse that nobody may read of"

DOCKER = Path(__file__).resolve().parents[2] / "docker"
BOARD = json.loads((DOCKER / "grafana/dashboards/vibes.json").read_text(encoding="utf-8"))
ALERTS = yaml.safe_load((DOCKER / "prometheus/alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
ALERT_TESTS = (DOCKER / "prometheus/alerts_test.yaml").read_text(encoding="utf-8")
NAMED = re.compile(r"\b((?:vibes|process)_\w+?)(?:_bucket|_sum|_count)?(?:\{([^}]*)\})?(?=[^\w{]|$)")

Figures = Mapping[str, float]


async def figures_of(studio: Studio) -> tuple[Figures, str]:
    """By name with labels as told, and the whole text."""
    text = (await studio.http.get("/metrics")).text
    families = list(text_string_to_metric_families(text))
    return {
        sample.name + "".join(f",{name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }, text


async def drawn(studio: Studio, count: int = 4) -> str:
    answer = await studio.http.post(
        "/api/generate/batch", json={"prompt": PROMPT, "model_family": "sd15", "count": count}
    )
    batch_id: str = answer.json()["batch_id"]
    await studio.finished_batch(batch_id)
    return batch_id


async def test_what_happened_is_counted(studio: Studio) -> None:
    await drawn(studio)
    told, _ = await figures_of(studio)
    completed = sum(
        value for name, value in told.items() if name.startswith("vibes_attempts_total") and "=completed" in name
    )
    assert completed == 4
    assert told["vibes_generations_ended_total,status=complete"] == 4
    assert told["vibes_generations,status=complete"] == 4
    assert told["vibes_batch_bound_ratio_count"] == 1
    assert told["vibes_generation_eta_error_ratio_count"] == 4
    assert told["vibes_submission_seconds_count"] == 1
    for step in ("fetch", "store", "tell"):
        assert told[f"vibes_delivery_seconds_count,step={step}"] == 4
    assert told["vibes_plan_decisions_total,decision=assign"] >= 1
    assert told["vibes_plan_seconds_count"] >= 1
    assert told["vibes_media_write_seconds_count"] == 4
    assert told["vibes_database_write_seconds_count"] > 4
    assert told["vibes_media_free_bytes"] > 0
    assert told["vibes_node_state,node=fast,state=ready"] == 1
    assert sum(value for name, value in told.items() if name.startswith("vibes_node_state,node=slow")) == 1
    assert told["vibes_node_last_seen_timestamp_seconds,node=fast"] > 1e9
    assert told["process_resident_memory_bytes"] > 0


async def test_a_node_that_left_the_fleet_leaves_nothing_behind(studio: Studio) -> None:
    """Workers may come and go under ever new names."""
    await drawn(studio, 8)
    told, text = await figures_of(studio)
    assert 'node="slow"' in text
    left = [watch.config for watch in studio.hub.supervisor.nodes.values() if watch.config.id == "fast"]
    await studio.hub.supervisor.apply(left)
    told, text = await figures_of(studio)
    assert told["vibes_generations_ended_total,status=complete"] == 8
    assert 'node="slow"' not in text
    assert {key[0] for key in studio.hub.observation.figures.attempts} == {"fast"}


async def test_what_waits_is_told_by_class_with_how_long_it_has_waited(studio: Studio) -> None:
    await studio.http.patch("/api/queue", json={"action": "pause"})
    await drawn_later(studio, 3, "bulk")
    await drawn_later(studio, 2, "interactive")
    await studio.http.post(
        "/api/generate", json={"prompt": PROMPT, "model_family": "sd15"}, headers={"Host": "evil.example"}
    )
    told, _ = await figures_of(studio)
    depths = {each: told[f"vibes_queue_generations,priority={each}"] for each in ("bulk", "normal", "interactive")}
    assert depths == {"bulk": 3, "normal": 0, "interactive": 2}
    assert told["vibes_queue_oldest_wait_seconds"] > 0
    assert told["vibes_queue_paused"] == 1
    assert told["vibes_requests_refused_total,code=unknown_host"] == 1


async def drawn_later(studio: Studio, count: int, priority: str) -> None:
    body = {"prompt": PROMPT, "model_family": "sd15", "count": count, "priority": priority}
    assert (await studio.http.post("/api/generate/batch", json=body)).status_code == 202


async def test_names_keep_the_rules_and_labels_are_short_lists(studio: Studio) -> None:
    batch_id = await drawn(studio)
    text = (await studio.http.get("/metrics")).text
    families = [each for each in text_string_to_metric_families(text) if each.name.startswith("vibes_")]
    assert len(families) > 30, "it finds them"
    for family in families:
        assert family.documentation.endswith("."), family.name
        assert not ABBREVIATED.search(family.name), f"{family.name}: base units"
        if family.type == "histogram":
            assert family.name.endswith(UNITS), f"{family.name}: of what?"
        if "seconds" in family.name or "bytes" in family.name:
            assert family.name.endswith(UNITS), f"{family.name}: the unit comes last"
        for sample in family.samples:
            assert (family.type == "counter") == sample.name.endswith("_total"), sample.name
    session_id = (await studio.http.get(f"/api/batches/{batch_id}")).json()["session_id"]
    for secret in (PROMPT, "lighthouse", batch_id, session_id):
        assert secret not in text


async def test_promtool_finds_nothing_to_say(studio: Studio) -> None:
    """Where it is installed; elsewhere its rules are those of the test above."""
    promtool = shutil.which("promtool")
    await drawn(studio)
    text = (await studio.http.get("/metrics")).text
    if promtool is not None:
        checked = await asyncio.to_thread(
            subprocess.run, [promtool, "check", "metrics"], input=text.encode(), capture_output=True, check=False
        )
        assert (checked.returncode, checked.stderr.decode()) == (0, "")


def expressions() -> list[str]:
    """Of board and alerts."""
    targets = [target["expr"] for panel in BOARD["panels"] for target in panel.get("targets", ())]
    return [*targets, *(rule["expr"] for rule in ALERTS)]


async def test_board_and_alerts_ask_for_what_the_hub_really_tells(studio: Studio) -> None:
    await drawn(studio)
    studio.hub.authentication.refused["unknown_host"] += 1
    families = {each.name: each for each in text_string_to_metric_families((await studio.http.get("/metrics")).text)}
    asked = [match for expression in expressions() for match in NAMED.finditer(expression)]
    assert len(asked) > 50, "it finds them"
    for match in asked:
        family = families.get(match[1]) or families.get(match[1].removesuffix("_total"))
        assert family is not None, f"{match[1]} is asked for, and not told"
        labels = {name for sample in family.samples for name in sample.labels}
        assert set(re.findall(r"(\w+)(?==~|!~|!=|=)", match[2] or "")) <= labels, match[0]
    unwatched = {name for name in families if name.startswith("vibes_")} - {match[1] for match in asked}
    assert {each for each in unwatched if f"{each}_total" not in {match[1] for match in asked}} == {"vibes_generations"}


def test_each_alert_says_what_to_do_and_is_made_to_fire() -> None:
    for rule in ALERTS:
        assert rule["annotations"]["summary"].endswith(".")
        assert len(rule["annotations"]["runbook"]) > 60, rule["alert"]
        assert f'alertname="{rule["alert"]}"' in ALERT_TESTS, f"nobody has seen {rule['alert']} fire"


def test_the_board_is_whole() -> None:
    places: list[dict[str, Any]] = [panel["gridPos"] for panel in BOARD["panels"]]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells)), "no panel lies on another one"
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    source = (DOCKER / "grafana/provisioning/datasources/prometheus.yaml").read_text(encoding="utf-8")
    uids = {panel["datasource"]["uid"] for panel in BOARD["panels"] if "datasource" in panel}
    assert uids == {yaml.safe_load(source)["datasources"][0]["uid"]}


def test_promtool_accepts_and_tests_the_alerts() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    for arguments in (["check", "rules", "alerts.yaml"], ["test", "rules", "alerts_test.yaml"]):
        said = subprocess.run(  # noqa: S603 - our own files
            [promtool, *arguments], cwd=DOCKER / "prometheus", capture_output=True, check=False
        )
        assert said.returncode == 0, said.stdout.decode() + said.stderr.decode()
