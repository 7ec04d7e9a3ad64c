from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing found in a comment, in words for a moderator.

    ``holds``: a human must look, whoever wrote it.
    """

    reason: str
    points: int
    holds: bool = False
