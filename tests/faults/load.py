"""Readers and writers who come again and again while something breaks."""

import http.client
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from urllib.parse import urlencode

from tests.running import DEADLINE

ARTICLE = "/articles/foot-massage/"
FORM = f"{ARTICLE}comments/"
READ = (ARTICLE, "/", "/articles/", "/search/?q=foot", "/feeds/articles.rss")
# Whose comments are visible, and counted, at once.
EDITOR = {"Cookie": "sessionid=aneditorwhoisloggedin"}
_clients, _numbers = count(1), count(1)


@dataclass(frozen=True)
class Answer:
    """What came of one request; ``status`` is 0 if the connection broke off."""

    path: str
    status: int
    headers: dict[str, str]
    body: str
    seconds: float
    at: float  # the end of it, on the monotonic clock

    def __repr__(self):
        return f"<{self.path} {self.status} after {self.seconds:.2f} s: {self.body[:60]!r}>"


def ask(site, path, form=None, *, source=None, **headers):
    """GET ``path``, or POST ``form`` to it as the page's own form would.

    Each time from another address of the loopback network, so that no limit is reached.
    """
    start = time.monotonic()
    number = next(_clients)
    source = (
        source or f"127.{1 + (number >> 16 & 127)}.{number >> 8 & 255}.{number & 255}"
    )
    sent = {"Host": f"localhost:{site.port}", **headers}
    status, answered, body = 0, {}, ""
    connection = http.client.HTTPConnection(
        "127.0.0.1", site.port, timeout=DEADLINE, source_address=(source, 0)
    )
    try:
        if form is None:
            connection.request("GET", path, headers=sent)
        else:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            sent["Sec-Fetch-Site"] = "same-origin"
            connection.request("POST", path, urlencode(form), sent)
        response = connection.getresponse()
        status = response.status
        answered = {name.lower(): value for name, value in response.getheaders()}
        body = response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        status, body = 0, repr(error)
    finally:
        connection.close()
    end = time.monotonic()
    return Answer(path, status, answered, body, end - start, end)


def comment(site, words, **sent):
    """POST a comment; ``sent`` is what :func:`ask` takes besides."""
    return ask(site, FORM, {"name": "Faults", "body": words}, **sent)


_SEED = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("seed_site", verbosity=0)
from importlib import import_module
from django.conf import settings
from django.contrib.auth import get_user_model
user, _ = get_user_model().objects.get_or_create(username="editor", is_staff=True)
session = import_module(settings.SESSION_ENGINE).SessionStore()
session["_auth_user_id"] = str(user.pk)
session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
session["_auth_user_hash"] = user.get_session_auth_hash()
session._session_key = "aneditorwhoisloggedin"
session.save(must_create=True)
"""
_LOOK = """
import json
from articles.models import Article
from comments.counting import recount
from comments.models import Comment
from footcare.lib import triggers
print(json.dumps({
    "bodies": list(Comment.objects.values_list("body", flat=True)),
    "visible": Comment.objects.visible().count(),
    "counted": sum(Article.objects.values_list("comments_count", flat=True)),
    "wrong": len(recount(repair=False)),
    "missing": triggers.missing(),
}))
"""


def seed(site):
    """Make the site's database, with an editor who is logged in."""
    run(site, _SEED)


def run(site, program):
    """What a program of Django's shell prints."""
    return site.manage("shell", "--verbosity", "0", "--command", program)


def check_kept(site, load):
    """All that was acknowledged is there, once, and every count is right."""
    found = json.loads(run(site, _LOOK))
    words = Counter(found["bodies"])
    assert load.acknowledged
    assert {one: words[one] for one in load.acknowledged if words[one] != 1} == {}
    assert (found["missing"], found["wrong"]) == ([], 0)
    assert found["counted"] == found["visible"] > 0


@dataclass
class Load:
    """What readers got, what writers got, and whose words were acknowledged."""

    reads: list[Answer] = field(default_factory=list)
    posts: list[Answer] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

    @property
    def answers(self):
        return self.reads + self.posts

    def statuses(self):
        return {answer.status for answer in self.answers}

    def dropped(self):
        return [answer for answer in self.answers if answer.status == 0]

    def wait_for(self, number, of="answers"):
        """Until so many more are there; a fault then meets a busy site."""
        wanted = len(getattr(self, of)) + number
        end = time.monotonic() + DEADLINE
        while len(getattr(self, of)) < wanted:
            assert time.monotonic() < end, f"Too few {of}: {self.answers[-3:]}"
            time.sleep(0.01)

    def check(self, *, drops=0):
        """Only pages, acknowledgements and plain 503s; at most ``drops`` broke off."""
        assert len(self.dropped()) <= drops, self.dropped()
        for answer in self.answers:
            good = {200} if answer in self.reads else {302}
            assert answer.status in good | {503, 0}, answer
            assert "Traceback" not in answer.body, answer
            if answer.status == 503:
                assert answer.headers["retry-after"] == "30", answer
                assert "Back in a moment" in answer.body, answer


@contextmanager
def load(site, *, readers=3, writers=2):
    """Readers and writers, each in a thread, as long as the block runs.

    Every second writer is an editor.
    """
    cookies = cycle([EDITOR, {}])
    found, stop = Load(), threading.Event()

    def read():
        for number in count():
            if stop.is_set():
                return
            found.reads.append(ask(site, READ[number % len(READ)]))

    def write(cookie):
        while not stop.is_set():
            words = f"Words number {next(_numbers)}."
            answer = comment(site, words, **cookie)
            found.posts.append(answer)
            if answer.status == 302:
                found.acknowledged.add(words)

    threads = [threading.Thread(target=read) for _ in range(readers)]
    threads += [
        threading.Thread(target=write, args=[cookie])
        for _, cookie in zip(range(writers), cookies, strict=False)
    ]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        stop.set()
        for thread in threads:
            thread.join(2 * DEADLINE)


def wait_until_all_answer(site, workers=2):
    """Every process of the site reads and writes again, without anybody's help."""
    end, good = time.monotonic() + DEADLINE, 0
    while good < 10 * workers:
        answers = ask(site, ARTICLE), comment(site, f"Again {time.monotonic()}")
        good = good + 1 if [one.status for one in answers] == [200, 302] else 0
        assert time.monotonic() < end, answers
