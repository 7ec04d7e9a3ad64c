"""Every kind of page that somebody may see: what the page-wide checks go through.

A new kind of page is a line here; what it shows beyond the seed is made in filling.py.
"""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page as Tab
from playwright.sync_api import Route

from tests.running import DEADLINE, Site, free_port

FORM = "application/x-www-form-urlencoded"
FILL = "import json; from tests.browser.filling import fill; print(json.dumps(fill()))"
MORE_THAN_A_MINUTE_ALLOWS = 21
TRIES = 2  # that minute may end between the last form and the page

_clients = count(1)


@dataclass(frozen=True)
class Page:
    """``path`` may name what filling.py made; ``form`` is sent, before that ``often`` times."""

    path: str
    status: int = 200
    form: Mapping[str, str] | None = None
    often: int = 0


_article = "/articles/foot-massage/"
_comments = f"{_article}comments/"
_no_name = {"name": "", "email": "not an address", "body": "My words."}

_words = {
    "name": "Ada", "email": "ada@example.org", "follows": "replies",
    "body": "Some *slanted* words.\n\n- one\n- two\n\n> a quote\n\nhttps://example.org/",
}  # fmt: skip

PAGES = {
    "home": Page("/"),
    "articles": Page("/articles/"),
    "articles, page 2": Page("/articles/?page={last}"),
    "article": Page(_article),
    "article, 50 comments": Page("/articles/discussed/"),
    "article, later comments": Page("/articles/discussed/?comments={comment}"),
    "article of every kind": Page("/articles/every-kind/"),
    "media item": Page(f"{_article}media/{{item}}/"),
    "media item, linked": Page("/articles/every-kind/media/{film}/"),
    "topics": Page("/topics/"),
    "topic": Page("/topics/massage/"),
    "topic, page 2": Page("/topics/rest/?page={last_of_topic}"),
    "topic, empty": Page("/topics/empty/"),
    "author": Page("/authors/writer/"),
    "search": Page("/search/"),
    "search, found": Page("/search/?q=foot"),
    "search, page 2": Page("/search/?q=rest&page=2"),
    "search, nothing": Page("/search/?q=xyzzy"),
    "search, too long": Page(f"/search/?q={'a+' * 50}", 422),
    "about": Page("/about/"),
    "how we work": Page("/how-we-work/"),
    "medical disclaimer": Page("/medical-disclaimer/"),
    "privacy": Page("/privacy/"),
    "comment policy": Page("/comment-policy/"),
    "accessibility": Page("/accessibility/"),
    "comment form": Page(_comments),
    "comment form, reply": Page("/articles/discussed/comments/?parent={comment}"),
    "comment form, closed": Page("/articles/every-kind/comments/"),
    "comment form, errors": Page(_comments, 422, _no_name),
    "comment form, too often": Page(_comments, 429, _no_name, often=MORE_THAN_A_MINUTE_ALLOWS),
    "comment sent": Page(f"{_comments}sent/"),
    "comment to look at": Page("/comments/check/{waits}/?do=spam"),
    "comment dealt with": Page("/comments/check/{over}/"),
    "comment, bad link": Page("/comments/check/nonsense/", 404),
    "comment form, preview": Page(_comments, 200, _words | {"preview": "1"}),
    "comment form, all wait and confirm": Page("/articles/strict/comments/"),
    "comment sent, visible": Page("/articles/discussed/comments/sent/?key={own_visible}"),
    "comment sent, waiting": Page("/articles/discussed/comments/sent/?key={own_waiting}"),
    "comment deleted": Page("/articles/discussed/comments/sent/?key={own_gone}"),
    "comment edit": Page("/articles/discussed/comments/own/?key={own_waiting}"),
    "comment edit, errors": Page("/articles/discussed/comments/own/?key={own_waiting}", 422, _no_name),
    "comment edit, too late": Page("/articles/discussed/comments/own/?key={own_late}", 410, _no_name),
    "comment delete": Page("/articles/discussed/comments/own/delete/?key={own_waiting}"),
    "report": Page("/articles/discussed/comments/{comment}/report/"),
    "report, errors": Page("/articles/discussed/comments/{comment}/report/", 422, {"words": "?"}),
    "report received": Page(f"{_comments}reported/?reason=health"),
    "comments, confirm": Page("/comments/confirm/{asked}/"),
    "comments, confirmed": Page("/comments/confirm/{asked_again}/", form={"answer": "mine"}),
    "comments, nothing to confirm": Page("/comments/confirm/{asked_again}/"),
    "comments, not mine": Page("/comments/confirm/{asked}/", form={"answer": "not-mine"}),
    "comments, bad link": Page("/comments/confirm/nonsense/", 404),
    "comments, mute": Page("/comments/mute/{mute}/"),
    "comments, muted": Page("/comments/mute/{mute}/", form={"which": "these"}),
    "yours": Page("/comments/yours/"),
    "yours, errors": Page("/comments/yours/", 422, {"email": "not an address"}),
    "yours, too often": Page("/comments/yours/", 429, {"email": ""}, often=MORE_THAN_A_MINUTE_ALLOWS),
    "yours check": Page("/comments/yours/check/"),
    "yours, shown": Page("/comments/yours/{yours}/"),
    "yours, sure": Page("/comments/yours/{yours}/", form={"act": "forget"}),
    "subscribe": Page("/subscribe/"),
    "subscribe, errors": Page("/subscribe/", 422, {"email": "not an address"}),
    "subscribe, too often": Page("/subscribe/", 429, {"email": ""}, often=MORE_THAN_A_MINUTE_ALLOWS),
    "subscribe, a slip": Page("/subscribe/", 422, {"email": "reader@gmial.com", "topics": "massage"}),
    "subscribe check": Page("/subscribe/check/"),
    "subscribe confirm": Page("/subscribe/confirm/{pending}/"),
    "subscribe confirmed": Page("/subscribe/confirm/{member}/"),
    "subscribe bad link": Page("/subscribe/confirm/nonsense/", 404),
    "unsubscribe": Page("/unsubscribe/{leave}/"),
    "unsubscribe left": Page("/unsubscribe/{left}/", form={"a": "b"}),
    "settings": Page("/preferences/"),
    "preferences": Page("/preferences/{settings}/"),
    "preferences, saved": Page("/preferences/{settings}/?done=saved"),
    "preferences, asked": Page("/preferences/{settings}/?done=asked"),
    "preferences, errors": Page("/preferences/{settings}/", 422, {"paused_until": "soon", "topics": "none"}),
    "preferences, too far": Page("/preferences/{settings}/", 422, {"pace": "weekly", "paused_until": "2999-01-01"}),
    "preferences, another address": Page("/preferences/{settings}/address/", 422, {"email": "reader@gmial.com"}),
    "preferences, too often": Page("/preferences/{settings}/address/", 429, {"email": ""}, often=MORE_THAN_A_MINUTE_ALLOWS),
    "preferences, left": Page("/preferences/{settings_left}/"),
    "preferences, bounced": Page("/preferences/{settings_bounced}/"),
    "preferences, bad link": Page("/preferences/nonsense/", 404),
    "address": Page("/preferences/address/{move}/"),
    "address, moved": Page("/preferences/address/{moved}/", form={}),
    "address, not moved": Page("/preferences/address/{taken}/", 409, {}),
    "erase": Page("/preferences/{settings}/erase/"),
    "400": Page("/nowhere/?a=%00", 400),
    "403": Page("/refused/403/", 403),
    "403 from elsewhere": Page("/refused/403_origin/", 403),
    "404": Page("/nowhere/", 404),
    "404, nearly": Page("/articles/foot-masage/", 404),
    "405": Page("/", 405, {}),
    "411": Page("/refused/411/", 411),
    "413": Page("/refused/413/", 413),
    "429": Page("/refused/429/", 429),
    "503": Page("/refused/503/", 503),
    "500": Page("/broken/", 500),
    "admin login": Page("/admin/login/"),
    "admin login, 403": Page("/admin/login/", 403, {}),
}  # fmt: skip


class FilledSite(Site):
    """The running site with what filling.py makes; nothing of it is ever changed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, smtp_port=free_port())  # nobody is written to
        # Each page's form has a client of its own, so that each has its own limit.
        self.env |= {
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            "TRUSTED_PROXY_COUNT": "1",
        }
        self.made: Mapping[str, str] = {}

    def start(self) -> None:
        super().start()
        self.made = json.loads(self.manage("shell", "-v", "0", "-c", FILL))

    def address(self, page: Page) -> str:
        return self.url + page.path.format(**self.made)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


Documents = Mapping[str, Answer]  # what the server sends, by the names of PAGES


def fetch(site: FilledSite, page: Page, **headers: str) -> Answer:
    """What the server sends for ``page``."""
    sent = _headers(page)
    for _ in range(TRIES):
        _use_up(site, page, sent)
        answer = _send(site, page, sent | headers)
        if answer.status == page.status:
            break
    return answer


def visit(tab: Tab, site: FilledSite, page: Page) -> None:
    """Open ``page`` in a browser, as it stands after its form was sent."""
    address, sent = site.address(page), _headers(page)

    def send(route: Route) -> None:
        headers = {**route.request.headers, **sent}
        form = urlencode(page.form or {})
        route.continue_(method="POST", post_data=form, headers=headers)

    for _ in range(TRIES):
        if page.form is not None:
            tab.route(address, send, times=1)
        _use_up(site, page, sent)
        answer = tab.goto(address)
        if answer and answer.status == page.status:
            return
    raise AssertionError(f"{address} answered {answer and answer.status}")


def _headers(page: Page) -> dict[str, str]:
    """Each time another client, so that one page's limit is not reached by another's."""
    if page.form is None:
        return {}
    client = f"198.51.100.{next(_clients) % 256}"
    return {"Content-Type": FORM, "X-Forwarded-For": client}


def _use_up(site: FilledSite, page: Page, headers: Mapping[str, str]) -> None:
    """Send the form until it is too often."""
    for _ in range(page.often):
        _send(site, page, headers)


def _send(site: FilledSite, page: Page, headers: Mapping[str, str]) -> Answer:
    path = site.address(page).removeprefix(site.url)
    connection = http.client.HTTPConnection("localhost", site.port, timeout=DEADLINE)
    body = None if page.form is None else urlencode(page.form)
    connection.request("GET" if body is None else "POST", path, body, dict(headers))
    response = connection.getresponse()
    answer = Answer(response.status, dict(response.getheaders()), response.read())
    connection.close()
    return answer
