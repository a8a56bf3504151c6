"""What the doctor says of the store of the pictures."""

from pathlib import Path

import pytest

from tests.doctor.facts import codes
from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from vibes.app.doctor.media_check import media
from vibes.media_stores.guarded import MARKER
from vibes.services.doctor.media import MediaFacts, judge_media
from vibes.services.runtime.clock import SystemClock


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (MediaFacts(where="/mnt/nas", known_as="a", found="a"), "media_reached"),
        (MediaFacts(where="/mnt/nas"), "media_reached"),
        (MediaFacts(where="/mnt/nas", known_as="a", found="b"), "media_other"),
        (MediaFacts(where="/mnt/nas", known_as="a", found=None), "media_other"),
        (MediaFacts(where="/mnt/nas", known_as="a", away="timed out"), "media_away"),
        (MediaFacts(where="ftp://nas", unusable="it cannot be ftp"), "media_setting"),
    ],
)
def test_each_trouble_of_the_store_has_its_code(facts: MediaFacts, code: str) -> None:
    assert codes(list(judge_media(facts))) == [code]


async def test_a_share_that_is_not_mounted_any_more_is_another_store(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    settings = settings_for(tmp_path, media=str(share))
    async with open_hub(settings, FakeFleet()):
        pass
    assert codes(list(await media(settings, SystemClock()))) == ["media_reached"]
    (share / MARKER).unlink()
    assert codes(list(await media(settings, SystemClock()))) == ["media_other"]
    assert not (share / MARKER).exists(), "it only looked"
    nonsense = settings_for(tmp_path, media="ftp://nas/pictures")
    assert codes(list(await media(nonsense, SystemClock()))) == ["media_setting"]
    assert list(await media(settings_for(tmp_path), SystemClock())) == []
