"""Gathers the facts about language models: each server is asked what it has, which loads nothing."""

import asyncio
from collections.abc import Sequence

from vibes.domain.chat.config import ChatConfig, Stage, StageConfig
from vibes.ports.chat import ChatFault, ChatUnavailable
from vibes.ports.chat_servers import ConnectServer
from vibes.services.doctor.language_models import StageLook

_SECONDS = 6.0


async def look_at_models(config: ChatConfig, connect: ConnectServer) -> Sequence[StageLook]:
    """One look a stage that has a model, in their order."""
    return await asyncio.gather(*(_look(config, connect, *each) for each in config.stages.items()))


async def _look(config: ChatConfig, connect: ConnectServer, stage: Stage, of: StageConfig) -> StageLook:
    try:
        server = connect(config.servers[of.server])
        try:
            async with asyncio.timeout(_SECONDS):
                found = await server.look(of.model)
        finally:
            await server.close()
    except ChatUnavailable as error:
        return StageLook(stage=stage, server=of.server, model=of.model, fault=error.code, advice=error.advice)
    except TimeoutError:
        advice = f"{of.server} at {config.servers[of.server].url} did not answer within {_SECONDS:g} s: is it well?"
        return StageLook(stage=stage, server=of.server, model=of.model, fault=ChatFault.TOO_SLOW, advice=advice)
    return StageLook(
        stage=stage,
        server=of.server,
        model=of.model,
        there=found.there,
        vision=found.vision,
        advice=found.advice,
    )
