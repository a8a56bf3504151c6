"""All that is laid over the prompts of a request, and what each of its pictures is then drawn from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from vibes.domain.generation import Generation
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import GenerationSpec
from vibes.domain.pictures.variation import is_wildcard
from vibes.domain.pictures.written import Written
from vibes.domain.prompting.style import Style, Texts, with_files, with_texts
from vibes.domain.prompting.wildcards import WildcardLists, check, draw

NEGATIVE = "negative_prompt"


@dataclass(frozen=True, slots=True)
class Worded:
    """What one picture is drawn from."""

    spec: GenerationSpec
    written: Written | None = None
    """None: the prompts of the spec."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """What its wildcards became, by how they are written."""


@dataclass(frozen=True, slots=True)
class Wording:
    styles: tuple[Style, ...] = ()
    lists: WildcardLists | None = None
    """None: nothing is drawn from, and braces are text."""

    def on_request(self, request: GenerationRequest) -> GenerationRequest:
        """With the files that the styles name."""
        return with_files(request, self.styles) if self.styles else request

    def on_specs(
        self, specs: Collection[GenerationSpec], parameters: Collection[str], parents: Sequence[Generation] = ()
    ) -> list[Worded]:
        """``parameters``: those of the workflow; one without a prompt is left alone, and so is a negative prompt.
        ``parents``: a picture that starts from one of them, from the same words, keeps what was drawn for that.

        Raises WildcardProblem.
        """
        if "prompt" not in parameters or not (self.styles or self.lists is not None):
            return [Worded(spec) for spec in specs]
        checked: set[Texts] = set()
        written: dict[Texts, Written] = {}
        known = {parent.id: parent for parent in parents}
        worded = [self._on_spec(spec, NEGATIVE in parameters, checked, written) for spec in specs]
        return [
            _as_its_parent(each, known.get(each.spec.source_id)) if each.spec.source_id else each for each in worded
        ]

    def _on_spec(
        self, spec: GenerationSpec, has_negative: bool, checked: set[Texts], written: dict[Texts, Written]
    ) -> Worded:
        texts = Texts(spec.prompt, spec.negative_prompt)
        styled = with_texts(texts, self.styles)
        if not has_negative:
            styled = replace(styled, negative_prompt=spec.negative_prompt)
        drawn, chosen = self._drawn(styled, spec.seed, checked)
        if drawn == texts:
            return Worded(spec, None, chosen)
        if texts not in written:  # one for all pictures of a batch
            names = tuple(style.name for style in self.styles)
            written[texts] = Written(texts.prompt, texts.negative_prompt, names)
        named = replace(spec, prompt=drawn.prompt, negative_prompt=drawn.negative_prompt)
        return Worded(named, written[texts], chosen)

    def _drawn(self, texts: Texts, seed: int, checked: set[Texts]) -> tuple[Texts, Mapping[str, str]]:
        if self.lists is None:
            return texts, {}
        if texts not in checked:
            check(texts.prompt, self.lists)
            check(texts.negative_prompt, self.lists)
            checked.add(texts)
        prompt = draw(texts.prompt, self.lists, seed, "prompt")
        negative = draw(texts.negative_prompt, self.lists, seed, NEGATIVE)
        return Texts(prompt.text, negative.text), {**negative.chosen, **prompt.chosen}


def _as_its_parent(worded: Worded, parent: Generation | None) -> Worded:
    if parent is None or worded.written is None or worded.written != parent.written:
        return worded
    prompts = replace(worded.spec, prompt=parent.spec.prompt, negative_prompt=parent.spec.negative_prompt)
    chosen = {name: str(value) for name, value in parent.varied.items() if is_wildcard(name)}
    return Worded(prompts, parent.written, chosen)
