"""How to come to each kind of page, by name."""

from collections.abc import Callable

from playwright.sync_api import Page

View = Callable[[Page, str], object]


def _at(path: str) -> View:
    return lambda page, url: page.goto(url + path)


def _refused_comment(page: Page, url: str) -> None:
    page.goto(f"{url}/articles/foot-massage/comments/")
    form = page.locator("#comment-form")
    form.get_by_label("Your e-mail").fill("not an address")
    form.get_by_role("button", name="Send comment").click()
    page.get_by_role("alert").wait_for()


VIEWS: dict[str, View] = {
    "home": _at("/"),
    "articles": _at("/articles/"),
    "article": _at("/articles/foot-massage/"),
    "topic": _at("/topics/massage/"),
    "privacy": _at("/privacy/"),
    "comment form errors": _refused_comment,
    "comment sent": _at("/articles/foot-massage/comments/sent/"),
    "subscribe check": _at("/subscribe/check/"),
    "404": _at("/nowhere/"),
    "admin login": _at("/admin/login/"),
}
