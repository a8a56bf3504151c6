"""The room of the language models: what llm.yaml names."""

from vibes.app.base import Base
from vibes.services.chat.service import ChatService


def chat_room(base: Base) -> ChatService:
    """Nothing is asked before its file is loaded."""
    return ChatService(base.settings.llm_file)
