"""Files of Expert Advisors, named by their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_SIZE = 8 * 1024 * 1024
"""Bytes of one file; the largest body the API takes."""
MAX_TOTAL = 2 * 1024 * 1024 * 1024
"""Bytes of all files of one person."""


class ArtifactKind(StrEnum):
    """What a file is."""

    SOURCE = "source"
    EX5 = "ex5"
    LOG = "log"
    REPORT = "report"
    SET = "set"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A stored file."""

    sha256: str
    kind: ArtifactKind
    size: int
    content: bytes
    created_at: datetime


def digest(content: bytes) -> str:
    """The name of a content."""
    return hashlib.sha256(content).hexdigest()
