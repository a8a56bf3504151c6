"""What a picture is made from: workflows, model files, pictures to start from, and what is laid over its prompt."""

from collections.abc import Sequence

from vibes.domain.batch import Batch
from vibes.domain.generation import Generation
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.pictures.spec import GenerationSpec
from vibes.domain.pictures.variation import WORDING, is_wildcard, varied_text
from vibes.scheduling.snapshot import Work
from vibes.services.generations.models import FleetModels
from vibes.services.library.versions import WorkflowVersions
from vibes.services.media.input_images import InputImages
from vibes.services.prompting.wording import PromptWording
from vibes.services.queue.work import needs_of, work_of
from vibes.workflows.definition.manifest import Workflow


class Materials:
    def __init__(
        self, workflows: WorkflowVersions, models: FleetModels, pictures: InputImages, wording: PromptWording
    ) -> None:
        self.workflows = workflows
        self.models = models
        self.pictures = pictures
        self.wording = wording

    async def needs(self, workflow: Workflow, spec: GenerationSpec) -> tuple[Requirements, float]:
        """What a node must have for this spec, and its size in step-megapixels. Raises NotFound when its source is
        gone."""
        return needs_of(workflow, spec, await self.pictures.megapixels(workflow, spec))

    async def works_for(self, batch: Batch, members: Sequence[Generation]) -> list[Work]:
        """Plannable work of stored generations of one batch, which need the same of a node but for what they differ in.

        Raises NotFound when a workflow or a source is gone.
        """
        known: dict[str, tuple[Requirements, float]] = {}
        works = []
        for member in members:
            differs = varied_text({name: value for name, value in member.varied.items() if _concerns_nodes(name)})
            if differs not in known:
                known[differs] = await self.needs(await self.workflows.of(member.spec), member.spec)
            works.append(work_of(member, batch, known[differs]))
        return works


def _concerns_nodes(parameter: str) -> bool:
    """Whether its value may change where or how fast a picture is drawn."""
    of_words = parameter.startswith(WORDING) or is_wildcard(parameter)
    return parameter not in {"seed", "prompt", "negative_prompt"} and not of_words
