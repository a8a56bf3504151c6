"""``/api/prompts`` and ``/api/complete``: what was written before, and what may be meant next."""

from typing import Annotated

from fastapi import Query

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.routers import api_router
from vibes.api.schemas.prompting import CompletionOut, Completions, PastPromptOut, PastPrompts

router = api_router(prefix="/api", tag="prompts")

_LONGEST = 500


@router.get("/prompts")
async def search_prompts(
    prompts: given.PastPrompts,
    asker: Asker,
    search: Annotated[str, Query(max_length=_LONGEST, description="Words that it must hold, in any case.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PastPrompts:
    """Prompts that were drawn with before, as they were written."""
    found = await prompts.history(search, asker.owner, limit=limit)
    return PastPrompts(prompts=[PastPromptOut.of(each) for each in found])


@router.get("/complete")
async def complete(
    completion: given.Completion,
    asker: Asker,
    text: Annotated[str, Query(max_length=_LONGEST, description="What stands before the caret, or its end.")],
    family: Annotated[str | None, Query(max_length=64, description="LoRAs known to be of others are left out.")] = None,
) -> Completions:
    """What may be meant: wildcards after `__`, embeddings after `embedding:`, LoRAs after `lora:`, else anything."""
    found = await completion.complete(text, family, asker.owner)
    return Completions(
        fragment=found.fragment,
        completions=[
            CompletionOut(kind=each.kind, text=each.text, insert=each.insert, hint=each.hint) for each in found.entries
        ],
    )
