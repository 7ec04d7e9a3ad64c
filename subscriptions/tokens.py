"""Signed tokens that stand in the links of letters: each good for one purpose only.

A letter to a hundred thousand readers has two of them each, so those that work for ever are
short and cheap to make: the reader's number and a keyed hash of their key.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core import signing

_TOKEN = re.compile(r"([1-9][0-9]{0,17})-([\w-]{22})", re.ASCII)


def make(purpose: str, pk: int, key: str) -> str:
    """A token that names row ``pk``, as long as its key is ``key``."""
    return f"{pk}-{_signature(settings.SECRET_KEY, purpose, pk, key)}"


def pk_of(token: str) -> int | None:
    """Which row ``token`` claims to name; None if it is no token of ours."""
    match = _TOKEN.fullmatch(token)
    return int(match[1]) if match else None


def is_good(token: str, purpose: str, pk: int, key: str) -> bool:
    """Whether ``token`` was made for this, under the site's secret or an earlier one."""
    signature = token.partition("-")[2].encode()
    return any(
        hmac.compare_digest(_signature(secret, purpose, pk, key).encode(), signature)
        for secret in _secrets()
    )


def make_dated(purpose: str, *values: int | str) -> str:
    """A token that holds ``values`` and the time, for a link that ends."""
    return signing.dumps(values, salt=f"subscriptions.{purpose}")


def read_dated(token: str, purpose: str, *, max_age: timedelta) -> list[Any]:
    """The values in ``token``.

    Raises signing.SignatureExpired if it is older than ``max_age``, signing.BadSignature if
    it was made for another purpose or by somebody else.
    """
    return list(signing.loads(token, salt=f"subscriptions.{purpose}", max_age=max_age))


def digest(purpose: str, value: str) -> str:
    """``value`` as a keyed hash of 64 hexadecimal digits."""
    return next(digests(purpose, value))


def digests(purpose: str, value: str) -> Iterator[str]:
    """The hash under the site's secret, then those under its earlier ones."""
    for secret in _secrets():
        yield hmac.digest(_key(secret, purpose), value.encode(), "sha256").hex()


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _signature(secret: str, purpose: str, pk: int, key: str) -> str:
    whole = hmac.digest(_key(secret, purpose), f"{pk} {key}".encode(), "sha256")
    return urlsafe_b64encode(whole[:16])[:22].decode()  # 128 bits


@lru_cache(maxsize=32)
def _key(secret: str, purpose: str) -> bytes:
    return sha256(f"subscriptions.{purpose} {secret}".encode()).digest()
