"""A prompt and operations to a new prompt, by code alone: the same for whoever proposes them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vibes.domain.refinement.applying import Draft
from vibes.domain.refinement.changes import Changes
from vibes.domain.refinement.checking import Checked, Scene, check
from vibes.domain.refinement.families import FamilyStyle, style_of
from vibes.domain.refinement.intent import Standing, Wish, standing_of
from vibes.domain.refinement.phrases import Phrase, Prompt, Span, plain_text
from vibes.domain.refinement.plan import Conflict, Refined
from vibes.domain.refinement.reading import read_prompt
from vibes.domain.refinement.rendering import render_prompt
from vibes.domain.refinement.rules.languages import language_of
from vibes.domain.refinement.tokens import token_estimate
from vibes.domain.refinement.words import contains_term, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Starting:
    """What a refinement starts from."""

    prompt: str
    negative_prompt: str = ""
    family: str
    seen: str = ""
    """What a model saw in the chosen pictures."""
    earlier: Sequence[Wish] = ()

    @property
    def style(self) -> FamilyStyle:
        return style_of(self.family)

    @property
    def phrases(self) -> Prompt:
        return read_prompt(self.prompt, self.style)

    @property
    def language(self) -> str:
        return language_of(plain_text(self.phrases))


def refine(start: Starting, understood: Changes) -> Refined:
    """Never raises, and is the prompt as it was where nothing can be done."""
    checked = checked_against(start, understood)
    draft = _draft(start)
    draft.keep = protected(start, checked.changes)
    draft.apply(checked.changes)
    for term in checked.avoid:
        draft.avoid(term)
    changes, conflicts = _done(checked, draft)
    prompt = _rendered(draft.prompt, start.style, changes)
    negative = render_prompt(draft.negative, start.style) if start.style.negative else start.negative_prompt
    notes = [*checked.notes, *_about_wildcards(draft, changes), *_about_length(prompt, start.style)]
    return Refined(
        prompt=prompt,
        negative_prompt=negative,
        changes=changes,
        conflicts=conflicts,
        notes=tuple(notes),
        rationale=rationale_of(changes, checked.avoid, asked=not understood.empty),
    )


def checked_against(start: Starting, understood: Changes) -> Checked:
    phrases = tuple(each.text for each in start.phrases if not each.fixed)
    scene = Scene(phrases=phrases, seen=start.seen, language=start.language, negative=start.style.negative)
    return check(understood, scene, start.earlier)


def protected(start: Starting, changes: Changes) -> tuple[str, ...]:
    """What must not be lost: what is kept now, and what was to be kept before and is not named now."""
    standing: Standing = standing_of(start.earlier)
    named = [*changes.remove, *(swap.old for swap in changes.modify)]
    still = [
        each
        for each in standing.kept
        if not any(
            contains_term(each, term, start.language) or contains_term(term, each, start.language) for term in named
        )
    ]
    return tuple(dict.fromkeys((*changes.keep, *still)))


def _draft(start: Starting) -> Draft:
    return Draft(start.phrases, read_prompt(start.negative_prompt, start.style), start.language)


def _done(checked: Checked, draft: Draft) -> tuple[Changes, tuple[Conflict, ...]]:
    """Without what could not be removed since it would have taken along what is kept."""
    left = draft.left_over
    changes = replace(checked.changes, remove=tuple(each for each in checked.changes.remove if each not in left))
    lost = [Conflict(each, f"“{each}” cannot go without losing what is to be kept; it stayed") for each in left]
    return changes, (*checked.conflicts, *lost)


def _rendered(prompt: Prompt, style: FamilyStyle, changes: Changes) -> str:
    """Without adverbs where one of them is a word that is to go."""
    rendered = render_prompt(prompt, style)
    again = [each for each in read_prompt(rendered, style) if not each.fixed]
    if any(holds(term, phrase.text) for term in changes.remove for phrase in again):
        return render_prompt(tuple(_level(each) for each in prompt), style)
    return rendered


def _level(phrase: Phrase) -> Phrase:
    return replace(phrase, spans=(Span(phrase.text),))


def _about_wildcards(draft: Draft, changes: Changes) -> list[str]:
    fixed = [each.text for each in draft.prompt if each.fixed and each.text.startswith("{")]
    return [
        f"“{term}” may still come from {text}, which is drawn from at random"
        for term in changes.remove
        for text in fixed
        if holds(term, text)
    ]


def _about_length(prompt: str, style: FamilyStyle) -> list[str]:
    tokens = token_estimate(prompt)
    if tokens <= style.tokens:
        return []
    return [f"the prompt is about {tokens} tokens long, and this family makes little of more than {style.tokens}"]


def rationale_of(changes: Changes, avoid: Sequence[str] = (), *, asked: bool = True) -> str:
    """What was done, in sentences."""
    if changes.empty and not avoid:
        return "Nothing of it changes the prompt." if asked else "Nothing was understood that changes the prompt."
    swaps = ", ".join(f"“{swap.old}” became “{swap.new}”" for swap in changes.modify)
    said = [
        ("Kept {}.", changes.keep),
        ("Removed {}.", changes.remove),
        ("Added {}.", changes.add),
        ("More weight on {}.", changes.emphasis_up),
        ("Less weight on {}.", changes.emphasis_down),
        ("Into the negative prompt: {}.", [each for each in avoid if each not in changes.remove]),
    ]
    sentences = [form.format(", ".join(f"“{each}”" for each in terms)) for form, terms in said if terms]
    return " ".join([*sentences[:1], f"{swaps}.", *sentences[1:]] if swaps else sentences)
