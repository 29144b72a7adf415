"""Everything that can go wrong and that a user can put right.

ZhengwenError
├── UnreadableDocument    a file that is no text, or of no known encoding
├── InvalidMetadata       the metadata file says something that can't be
├── NoDocuments           a folder without a single readable document
├── IndexNotFound         no finished index in that folder
├── IndexMismatch         an index of another version, or made with another model
├── IndexBusy             another build is writing to that folder
├── BuildFailed           a build that ended without a word
├── Refused               what a folder of documents doesn't take in or give away
├── ModelNotFound         the embedding model is not there
├── CitationError         a quotation or figure that the documents do not hold
└── InvalidGold           a gold set or run file that is not as agreed

The library raises them; only the command lines print them, in one line.
"""

from __future__ import annotations


class ZhengwenError(Exception):
    """The root of the tree: the message says what is wrong and what to do."""


class UnreadableDocument(ZhengwenError):
    """A file cannot be read as a document."""


class InvalidMetadata(ZhengwenError):
    """The metadata file of a folder is malformed."""


class NoDocuments(ZhengwenError):
    """Nothing to index."""


class IndexNotFound(ZhengwenError):
    """There is no complete index at the path given."""


class IndexMismatch(ZhengwenError):
    """The index does not fit this version of the program or this model."""


class IndexBusy(ZhengwenError):
    """Another build is at work on the index."""


class BuildFailed(ZhengwenError):
    """A build in a process of its own died; the index that was there is untouched."""


class Refused(ZhengwenError):
    """A folder of documents doesn't take in a file, or doesn't correct or remove one.

    ``reason`` names the rule in one word, for those who say it in another language; ``values`` are
    the numbers and names in the message.
    """

    def __init__(self, reason: str, message: str, *values: object) -> None:
        """Refuse for a reason."""
        super().__init__(message)
        self.reason = reason
        self.values = values


class ModelNotFound(ZhengwenError):
    """The embedding model cannot be loaded."""


class CitationError(ZhengwenError):
    """A citation or a figure is not in the documents."""


class InvalidGold(ZhengwenError):
    """A gold set or a run file is malformed."""
