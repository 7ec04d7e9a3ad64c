"""`manage.py doctor`: looks at what letters need, and says in plain lines what is wrong.

Each check is a function that tells `Finding`s; it changes nothing and raises nothing that
belongs to what it looks at.
"""

from collections.abc import Callable, Iterator

from footcare.doctor import letters, server, site
from footcare.doctor.findings import Finding

# In the order in which one would ask.
CHECKS: list[Callable[[], Iterator[Finding]]] = [
    site.runs,
    site.has_a_secret,
    site.is_public,
    server.answers,
    server.is_encrypted,
    letters.have_a_sender,
    letters.can_be_left_with_one_click,
    letters.go_on,
    letters.come_back,
]


def examine() -> Iterator[Finding]:
    """What all checks find."""
    for check in CHECKS:
        yield from check()
