"""A clock whose date a story sets."""

from datetime import datetime, timedelta

from vibes.services.runtime.clock import SystemClock


class DateOfTheStory(SystemClock):
    """The system's clock, as far as durations go; its date is set forward or back by ``offset``."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return super().now() + self.offset
