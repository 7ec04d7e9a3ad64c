"""A letter is sent as somebody has seen it: what changed meanwhile is looked at again."""

import json
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from subscriptions.letters import control
from subscriptions.letters.composing import compose
from subscriptions.models import Letter


class ChangedError(Exception):
    """The letter is not what was looked at any more, and nothing was done."""


def mark_of(letter: Letter) -> str:
    """What stands in a form for ``letter`` as it is now: its words and whom it goes to."""
    parts = compose(letter)
    topics = sorted(letter.topics.values_list("pk", flat=True))
    values = [parts.subject, parts.html, parts.text, letter.at_most_once, topics]
    return sha256(json.dumps(values).encode()).hexdigest()


@transaction.atomic
def queue(letter: Letter, mark: str) -> bool:
    """Queue ``letter``; whether it was this that did it. Raises ChangedError."""
    # Compared afterwards, with the words that are frozen: nothing can come in between.
    return control.queue(letter) and _is_still(letter, mark)


@transaction.atomic
def schedule(letter: Letter, mark: str, at: datetime) -> bool:
    """Schedule ``letter``; whether it was this that did it. Raises ChangedError."""
    return control.schedule(letter, at) and _is_still(letter, mark)


def _is_still(letter: Letter, mark: str) -> bool:
    if mark_of(Letter.objects.get(pk=letter.pk)) != mark:
        raise ChangedError
    return True
