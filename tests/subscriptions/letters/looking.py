"""What is found about a letter, and letters with words of a test's own."""

from django.utils import timezone

from footcare.lib.links import absolute_url
from subscriptions.letters import preflight
from tests.subscriptions.letters.steps import make_letter

SITE = "http://testserver"


def look(letter, name, readers=1, **values):
    """(level, words) of each finding called ``name``."""
    found = preflight.look_at(letter, readers, **values)
    return [(one.level.value, one.words) for one in found if one.name == name]


def levels(letter, name, **values):
    return [level for level, _ in look(letter, name, **values)]


def make_worded(html="", text="", **values):
    """A letter with these words and, in both parts, the links that each has."""
    letter = make_letter()
    places = [
        absolute_url(f"/unsubscribe/{letter.mark}leave/"),
        absolute_url(f"/preferences/{letter.mark}preferences/"),
    ]
    links = "".join(f'<a href="{place}">.</a>' for place in places)
    values = {
        "html": f"<p>{html}</p>{links}",
        "text": "\n".join([text, *places]),
        "frozen_subject": letter.subject,
        "queued_at": timezone.now(),
    } | values
    for name, value in values.items():
        setattr(letter, name, value)
    letter.save()
    return letter
