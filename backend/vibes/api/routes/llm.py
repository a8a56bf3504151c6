"""``/api/llm``: language models, one for each stage of a refinement."""

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.llm import CheckLlm, LlmCheck, LlmChecks, LlmOut
from vibes.services.chat.check import check_stages

router = api_router(prefix="/api/llm", tag="llm")


@router.get("")
async def show_llm(chat: given.Chat) -> LlmOut:
    """What llm.yaml names, and what was seen of it so far; nothing is asked."""
    return LlmOut.of(chat.file.path, chat.standings(), chat.config_problems)


@router.post("/check")
async def check_llm(chat: given.Chat, body: CheckLlm | None = None) -> LlmChecks:
    """Ask each stage's model a short question, one after the other. That loads the models, so it may take minutes."""
    stages = tuple(dict.fromkeys((body or CheckLlm()).stages))
    checks = await check_stages(chat, stages)
    return LlmChecks(
        checks=[LlmCheck.of(each) for each in checks], problems=[str(each) for each in chat.config_problems]
    )
