"""Judges who may use the hub, and where its secrets lie. No key is ever told. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vibes.domain.doctor.finding import Area, Finding, ok, warn, wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    host: str
    """That the hub listens on."""
    loopback: bool
    key_length: int | None
    """None without a key."""
    least_length: int
    open_on_purpose: bool
    """``--insecure-no-auth``."""
    readable_by_others: Sequence[Path] = ()
    """Files with secrets that other users of this machine may read."""
    in_container: bool = False


def judge_keys(facts: KeyFacts) -> Iterator[Finding]:
    yield _of_the_hub(facts)
    for file in facts.readable_by_others:
        message = f"every user of this machine may read the keys in {file}: chmod 600 that file."
        yield warn(Area.KEYS, "secrets_readable", message, str(file))


def _of_the_hub(facts: KeyFacts) -> Finding:
    advice = f"set VIBES_API_KEY to a secret of {facts.least_length} characters or more (openssl rand -hex 16)"
    if facts.key_length is not None and facts.key_length < facts.least_length:
        message = f"the hub's key has {facts.key_length} characters, so that it does not start: {advice}."
        return wrong(Area.KEYS, "key_too_short", message)
    if facts.key_length is not None:
        return ok(Area.KEYS, "key_set", "the hub asks for a key.")
    if facts.loopback:
        if facts.in_container:
            message = (
                f"the hub listens on {facts.host} of its container alone; for others it needs --host 0.0.0.0 and a key."
            )
            return ok(Area.KEYS, "container_loopback", message)
        return ok(
            Area.KEYS, "key_not_needed", f"without a key: the hub listens on {facts.host}, for this machine alone."
        )
    if facts.open_on_purpose:
        message = (
            f"everybody in the network may use the hub on {facts.host}, as you said: {advice} if that is not meant."
        )
        return warn(Area.KEYS, "key_absent", message)
    message = f"the hub does not start on {facts.host} without a key, for everybody could use it: {advice}."
    return wrong(Area.KEYS, "key_absent", message)
