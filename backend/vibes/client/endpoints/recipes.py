"""Recipes: what pictures of any program were made with."""

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport
from vibes.client.values.recipes import Recipe


class AsyncRecipes:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def read(self, picture: bytes) -> Recipe:
        """Of a PNG, JPEG or WebP, or of a text that was copied out of one; the hub keeps nothing of it. Raises
        InvalidRequest where it tells nothing."""
        return await self._transport.value(
            Recipe, Call(method="POST", path="/api/recipes", picture=picture, repeatable=True)
        )


class Recipes:
    """`AsyncRecipes` for callers without an event loop."""

    def __init__(self, recipes: AsyncRecipes, loop: BackgroundLoop) -> None:
        self._recipes = recipes
        self._loop = loop

    def read(self, picture: bytes) -> Recipe:
        return self._loop.run(self._recipes.read(picture))
