"""``/api/concept``: a prompt as cards, and back; nothing is drawn by it."""

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.concept import AssembleBody, AssembleOut, SplitBody, SplitOut, SuggestBody, SuggestOut
from vibes.domain.chance import random_bits
from vibes.domain.concept.assembling import assemble

router = api_router(prefix="/api/concept", tag="concept")

_SEED_BITS = 32


@router.post("/split")
async def split_concept(body: SplitBody, concept: given.Concept) -> SplitOut:
    """A sentence, a list of tags or a picture as cards. No word is lost: what nobody recognises is the subject's."""
    return SplitOut.of(await concept.split(body.to_request()))


@router.post("/assemble")
async def assemble_concept(body: AssembleBody) -> AssembleOut:
    """The cards as a prompt of a model family: tags or sentences, weights or adverbs."""
    return AssembleOut.of(assemble([each.to_card() for each in body.cards], body.model_family))


@router.post("/suggest")
async def suggest_for_concept(body: SuggestBody, concept: given.Concept) -> SuggestOut:
    """Words for one field or several that go with the other cards."""
    seed = random_bits(_SEED_BITS) if body.seed is None else body.seed
    fields = list(dict.fromkeys(body.fields))
    return SuggestOut.of(await concept.suggest([each.to_card() for each in body.cards], fields, body.count, seed))
