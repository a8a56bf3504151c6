"""The room of the concept builder."""

from vibes.app.ground import Ground
from vibes.ports.chat import ChatStages
from vibes.services.concept.pictures import ConceptPictures
from vibes.services.concept.service import ConceptService


def concept_room(ground: Ground, stages: ChatStages) -> ConceptService:
    media = ground.media
    return ConceptService(stages, ConceptPictures(ground.base.storage, media.images, media.artifacts).read)
