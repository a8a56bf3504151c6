"""What goes by itself, in answers."""

from datetime import datetime

from pydantic import BaseModel, Field

from vibes.domain.pictures.retention import Leaving, Outlook

_NAMED = 100


class LeavingOut(BaseModel):
    count: int
    bytes: int
    oldest: datetime | None = Field(description="When the oldest of them was finished.")
    newest: datetime | None
    generation_ids: list[str] = Field(description=f"The oldest {_NAMED}.")
    too_much: int = Field(description="Bytes above `keep_gb` that stay: marked by people, or younger than a day.")

    @classmethod
    def of(cls, leaving: Leaving) -> "LeavingOut":
        pictures = leaving.pictures
        return cls(
            count=len(pictures),
            bytes=leaving.bytes,
            oldest=pictures[0].finished_at if pictures else None,
            newest=pictures[-1].finished_at if pictures else None,
            generation_ids=[each.id for each in pictures[:_NAMED]],
            too_much=leaving.too_much,
        )


class RetentionOut(BaseModel):
    keep_days: float | None = Field(description="Null: pictures of any age stay.")
    keep_gb: float | None = Field(description="Of 10⁹ bytes. Null: however much there is.")
    kept_bytes: int = Field(description="Of all pictures that are not about to be deleted.")
    now: LeavingOut = Field(description="What goes at the next look, each hour.")
    within_a_week: LeavingOut = Field(description="That, and what follows if nothing new is drawn.")

    @classmethod
    def of(cls, outlook: Outlook) -> "RetentionOut":
        return cls(
            keep_days=outlook.rules.days,
            keep_gb=outlook.rules.gigabytes,
            kept_bytes=outlook.kept_bytes,
            now=LeavingOut.of(outlook.now),
            within_a_week=LeavingOut.of(outlook.week),
        )
