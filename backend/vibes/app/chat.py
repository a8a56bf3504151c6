"""The room of the language models: what llm.yaml names."""

from vibes.app.ground import Ground
from vibes.app.queue import QueueRoom
from vibes.domain.chat.config import ServerConfig
from vibes.environment.settings import Settings
from vibes.generators.errors import Misconfigured
from vibes.ports.chat import ChatFault, ChatUnavailable
from vibes.ports.chat_servers import ChatServer, ConnectServer
from vibes.services.chat.service import ChatService
from vibes.services.queue.card_holds import NodeCards


def chat_room(ground: Ground, queue: QueueRoom) -> ChatService:
    """Nothing is asked before its file is loaded."""
    base = ground.base
    cards = NodeCards(ground.fleet.supervisor, queue.board)
    return ChatService(base.settings.llm_file, connecting(base.settings), cards, base.clock)


def connecting(settings: Settings) -> ConnectServer:
    def key_in(variable: str) -> str | None:
        from vibes.generators.keys import variables_in

        files = (*settings.env_files, settings.llm_file.parent / ".env")
        try:
            return variables_in({variable}, tuple(dict.fromkeys(files))).get(variable)
        except Misconfigured as error:
            raise ChatUnavailable(ChatFault.WRONG_KEY, str(error)) from error

    def connect(config: ServerConfig) -> ChatServer:
        from vibes.llm.connect import connect_server

        return connect_server(config, key_in)

    return connect
