"""Things that take each other's place: who wears a kimono instead wears no dress."""

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.rules.known import Known
from vibes.domain.refinement.words import key_of

_KINDS = (
    "dress kimono suit uniform armor robe gown tunic costume tuxedo toga yukata sari overalls swimsuit bikini",
    "coat jacket raincoat cloak cape hoodie sweater cardigan parka vest",
    "shirt blouse t-shirt top",
    "hat cap helmet crown beanie beret hood turban tiara bandana",
    "skirt jeans trousers pants shorts leggings",
    "shoes boots sneakers sandals heels slippers",
    "glasses sunglasses goggles monocle",
    "sword katana axe bow spear gun rifle dagger knife staff club hammer wand pistol",
    "car boat ship bicycle motorcycle motorbike train bus truck airplane canoe sailboat rocket spaceship "
    "helicopter van "
    "taxi carriage convertible submarine scooter",
    "dog cat horse fox wolf bear lion tiger owl rabbit raven crow eagle dragon unicorn deer cow sheep goat pig mouse "
    "monkey elephant kitten puppy squirrel frog duck swan hamster parrot",
    "castle church tower lighthouse temple hut barn palace windmill mill cathedral house cottage skyscraper pagoda",
    "forest beach city village desert street meadow garden park jungle harbor field swamp woods market library kitchen "
    "classroom cave rooftop town island",
    "lake river sea ocean pond stream waterfall",
    "rain snow fog mist storm hail sunshine",
    "sofa armchair chair bench couch stool throne",
    "violin guitar piano flute drum trumpet cello harp",
    "coffee tea wine beer juice",
    "roses tulips sunflowers lavender daisies lilies poppies",
)
_KIND = {key_of(word): number for number, words in enumerate(_KINDS) for word in words.split()}


def in_place_of_its_kind(term: str, known: Known) -> Changes | None:
    """Instead of the one thing of its kind that the prompt has, with the adjectives of that; None where there is none,
    or more than one."""
    kind = _KIND.get(key_of(term.rsplit(maxsplit=1)[-1])) if term else None
    if kind is None or known.holds(term):
        return None
    there = [each for each, number in _KIND.items() if number == kind and known.holds(each)]
    if len(there) != 1:
        return None
    old = known.as_it_stands(there[0])
    return Changes(modify=(Swap(" ".join([*known.words_before(old), old]), term),))
