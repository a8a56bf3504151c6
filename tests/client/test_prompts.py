"""Styles, wildcards, earlier prompts and completion by the Python client and on the command line."""

from pathlib import Path

import pytest
import typer

from tests.client.conftest import Served
from tests.client.test_blocked_events import wanted
from tests.waiting import deadline
from vibes.client import AsyncHubClient, BatchRequest, HubAddress, HubRefused, Lora, StyleDraft
from vibes.commands.common.console import out
from vibes.commands.pictures.generate import run_generate
from vibes.commands.styles.styles import run_delete, run_list, run_restore, run_save, run_show
from vibes.domain.prompting.style import StyleKind

NOIR = StyleDraft(
    name="Film noir", text="film noir still of {prompt}", loras=(Lora("sd15-ink-sketch.safetensors", 0.6),)
)


async def test_styles_and_wildcards_are_kept_changed_and_brought_back(served_hub: Served) -> None:
    async with deadline(), AsyncHubClient(served_hub.url) as hub:
        saved = await hub.prompts.save_style(NOIR)
        changed = await hub.prompts.save_style(StyleDraft(name="Noir", kind=StyleKind.CHARACTER), style_id=saved.id)
        assert (changed.id, changed.version, changed.kind) == (saved.id, 2, StyleKind.CHARACTER)
        with pytest.raises(HubRefused, match="Noir"):
            await hub.prompts.save_style(StyleDraft(name="NOIR"))
        await hub.prompts.delete_style(saved.id)
        assert await hub.prompts.styles() == ()
        assert (await hub.prompts.restore_style(saved.id)).name == "Noir"

        await hub.prompts.put_wildcard("animals/wild", ["red fox", "2::owl"])
        assert [(each.name, each.count) for each in await hub.prompts.wildcards()] == [("animals/wild", 2)]
        assert (await hub.prompts.wildcard("animals/wild")).entries == ("red fox", "2::owl")
        assert (await hub.prompts.complete("a __an")).completions[0].insert == "__animals/wild__"
        before = await hub.prompts.delete_wildcard("animals/wild")
        assert await hub.prompts.wildcards() == ()
        await hub.prompts.put_wildcard(before.name, before.entries)

        request = BatchRequest(prompt="a __animals/wild__", model_family="sd15", wildcards=True)
        await hub.batches.wait((await hub.batches.submit(request)).batch_id)
        [past] = await hub.prompts.history("WILD")
        assert (past.prompt, past.uses) == ("a __animals/wild__", 1)
        page = await hub.prompts.loras("ink", family="sd15", limit=1)
        assert [(each.name, each.told) for each in page.loras] == [("sd15-ink-sketch.safetensors", False)]
        assert (await hub.prompts.lora(page.loras[0].name)) == page.loras[0]


async def test_styles_on_the_command_line(
    served_hub: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(out, "width", 80)
    address = HubAddress(served_hub.url)
    async with deadline():
        with out.capture() as shown:
            await run_list(address)
            await run_save(NOIR, address, overwrite=False)
            await run_list(address)
            await run_show("film NOIR", address)
        assert "none yet" in shown.get()
        assert max(map(len, shown.get().splitlines())) <= 80
        assert "sd15-ink-sketch.safetensors:0.6" in shown.get()
        with pytest.raises(typer.Exit):
            await run_save(NOIR, address, overwrite=False)
        await run_save(NOIR, address, overwrite=True)

        options = wanted(tmp_path / "out", styles=("film noir",), wildcards=True, prompt="a {fox}")
        assert await run_generate(options, address) == 0
        [graph] = [each for node in served_hub.fleet.nodes.values() for each in node.graphs.values()]
        assert "film noir still of a fox" in str(graph)

        with out.capture() as gone:
            await run_delete("Film noir", address)
        with pytest.raises(typer.Exit):
            await run_show("Film noir", address)
        await run_restore(gone.get().split("restore ")[1].split()[0], address)
        with pytest.raises(typer.Exit):
            await run_show("Film nior", address)
    assert "Film noir" in capsys.readouterr().err
