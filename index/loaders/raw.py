"""What a loader gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from index.types import Published


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says of itself apart from its text; what it doesn't say is None.

    ``site`` is where it was published, which counts as the issuer where nothing else tells one.
    """

    title: str | None = None
    published: Published | None = None
    effective: date | None = None
    byline: str | None = None
    issuer: str | None = None
    doc_number: str | None = None
    url: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A file's text as it stands, with what its format tells of it.

    ``pages`` tell, as (offset in ``text``, page number), where the text goes over to which page, in
    order of the offsets; ``doubtful`` are the spans that were read from a picture without certainty;
    ``headings`` are the spans that the format itself marks as headings, whole lines. ``laid_out`` says
    that lines are already joined to paragraphs, one a line, and are not to be joined by their looks.
    """

    text: str
    encoding: str = "utf_8"
    pages: tuple[tuple[int, int], ...] = ()
    doubtful: tuple[tuple[int, int], ...] = ()
    headings: tuple[tuple[int, int], ...] = ()
    laid_out: bool = False
    properties: Properties = field(default_factory=Properties)
