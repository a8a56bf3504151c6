"""``/api/llm``: language models, one for each stage of a refinement."""

from fastapi import APIRouter

from vibes.api.http import given
from vibes.api.schemas.llm import LlmOut

router = APIRouter(prefix="/api/llm", tags=["llm"])


@router.get("")
async def show_llm(chat: given.Chat) -> LlmOut:
    """What llm.yaml names, and what was seen of it so far; nothing is asked."""
    return LlmOut.of(chat.file.path, chat.standings(), chat.config_problems)
