"""Signed tokens that stand in links: each good for one purpose only."""

from datetime import timedelta
from typing import Any

from django.core import signing


def make(purpose: str, *values: int | str) -> str:
    """A token for an address; it names ``values`` and cannot be made by anybody else."""
    return signing.dumps(values, salt=f"comments.{purpose}")


def read(token: str, purpose: str, *, max_age: timedelta | None = None) -> list[Any]:
    """The values in ``token``.

    Raises signing.SignatureExpired if it is older than ``max_age``, signing.BadSignature if
    it was made for another purpose or by somebody else.
    """
    return list(signing.loads(token, salt=f"comments.{purpose}", max_age=max_age))
