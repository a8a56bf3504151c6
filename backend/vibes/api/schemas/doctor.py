"""The doctor's findings in answers."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from vibes.domain.doctor.finding import Area, Finding, Report, State


class DoctorFinding(BaseModel):
    area: Area
    code: str
    """Stable across releases; docs/doctor.md lists all."""
    state: State
    subject: str
    """The node, file or server that it is about; empty where there is but one."""
    sentence: str
    """What is so and, where it should not be, what to do about it."""

    @classmethod
    def of(cls, finding: Finding) -> "DoctorFinding":
        return cls(
            area=finding.area,
            code=finding.code,
            state=finding.state,
            subject=finding.subject,
            sentence=finding.sentence,
        )


class DoctorReport(BaseModel):
    state: State
    """The worst of all findings."""
    checked_at: datetime
    took_seconds: float
    version: str
    """Of the hub or, where none runs, of the command that looked."""
    source: Literal["hub", "files"]
    """Who looked: the running hub, or the command ``vibes doctor`` alone, at settings and files."""
    findings: list[DoctorFinding]
    """The worst first."""

    @classmethod
    def of(cls, report: Report) -> "DoctorReport":
        return cls(
            state=report.state,
            checked_at=report.checked_at,
            took_seconds=round(report.took_seconds, 3),
            version=report.version,
            source=report.source,
            findings=[DoctorFinding.of(each) for each in report.findings],
        )
