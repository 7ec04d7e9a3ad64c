"""The desk of letters in a browser: at any width, in both schemes, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.running import Mailbox
from tests.browser.steps import ARTICLE, log_in
from tests.browser.test_axe import AXE, RUN, SCHEMES, TAGS, UNFOLD
from tests.browser.test_queue import OVERFLOW
from tests.running import DEADLINE, Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FILL = """
from datetime import timedelta
from django.utils import timezone
from articles.models import Topic
from subscriptions.letters import control
from subscriptions.models import Delivery, Letter, Subscriber
now = timezone.now()
Letter.objects.all().delete()
Subscriber.objects.all().delete()
for n in range(3):
    Subscriber.objects.create(email=f"reader{n}@example.org", state="confirmed", confirmed_at=now)
def make(subject, **values):
    return Letter.objects.create(subject=subject, preview="In short.", body="Walk **barefoot**.", **values)
draft = make("A draft")
control.schedule(make("Scheduled"), now + timedelta(days=3))
stale = make("Stale")
control.schedule(stale, now - timedelta(days=3))
control.start_due(str)  # asks about it
paused = make("Paused")
control.queue(paused)
control.pause(paused, "failures", "421 4.7.0 Too many connections, try again later.")
rows = list(Delivery.objects.filter(letter=paused).order_by("pk"))
for row, state in zip(rows, ["sent", "failed", "uncertain"]):
    Delivery.objects.filter(pk=row.pk).update(state=state, tried_at=now, error="550 5.1.1 No such user here")
control.cancel(make("Cancelled"))
sent = make("Sent", at_most_once=True)
control.queue(sent)
Delivery.objects.filter(letter=sent).update(state="sent", tried_at=now)
Letter.objects.filter(pk=sent.pk).update(state="sent", finished_at=now)
print(*Letter.objects.order_by("pk").values_list("pk", flat=True))
"""
# How wide, in which scheme, and the colour of the letter's paper there.
PREVIEWS = [
    (360, "light", "rgb(241, 241, 232)"),
    (360, "dark", "rgb(21, 29, 24)"),
    (600, "light", "rgb(241, 241, 232)"),
    (600, "dark", "rgb(21, 29, 24)"),
]
WIDE = {"width": 1280, "height": 900}
SMALL = """() => [...document.querySelectorAll("#content-main :is(button, summary, select, input, a.do)")]
  .filter((one) => one.offsetParent).map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 43.9 || box.height < 43.9).map(([html]) => html)"""


def open_desk(context: BrowserContext, site: Site) -> tuple[Page, list[str]]:
    """Logged in, with the addresses of the letters that FILL makes."""
    numbers = site.manage("shell", "-v", "0", "-c", FILL).split()
    context.set_default_timeout(DEADLINE * 1000)
    base = f"{site.url}/admin/subscriptions/letter"
    return log_in(context, site), [f"{base}/{number}/desk/" for number in numbers]


@pytest.fixture
def desk(browser: Browser, running_site: Site) -> Iterator[tuple[Page, list[str]]]:
    context = browser.new_context(viewport=WIDE)
    heard: list[str] = []
    context.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)  # fmt: skip
    context.on("weberror", lambda error: heard.append(str(error.error)))
    yield open_desk(context, running_site)
    assert heard == []
    context.close()


def test_axe_finds_nothing_at_any_desk_at_any_width(
    desk: tuple[Page, list[str]], running_site: Site
) -> None:
    tab, addresses = desk
    asks = addresses[0].replace("/desk/", "/send/")
    wrong = []
    for address in (*addresses, asks, f"{running_site.url}/admin/"):
        tab.goto(address)
        tab.evaluate(UNFOLD)
        tab.evaluate(AXE)
        for width in (320, 1280):
            tab.set_viewport_size({"width": width, "height": 800})
            assert tab.evaluate(OVERFLOW) == 0, (address, width)
            if "/letter/" in address:
                assert tab.evaluate(SMALL) == [], (address, width)
            for scheme in SCHEMES:
                tab.emulate_media(color_scheme=scheme)
                wrong += tab.evaluate(RUN, TAGS)[0]

    assert wrong == []


def test_a_preview_looks_as_it_is_named_whatever_the_browser_prefers(
    desk: tuple[Page, list[str]],
) -> None:
    tab, addresses = desk
    for scheme in SCHEMES:
        tab.emulate_media(color_scheme=scheme)
        tab.goto(addresses[0])
        for width, name, paper in PREVIEWS:
            frame = tab.locator(f'iframe[title="{width} pixels wide, {name}"]')
            frame.scroll_into_view_if_needed()
            box = frame.bounding_box()
            assert box
            assert box["width"] == width + 2  # its border
            body = frame.content_frame.locator("body")
            expect(body).to_contain_text("barefoot")
            expect(body).to_have_css("background-color", paper)


def test_all_of_it_works_without_javascript_and_by_keyboard(
    browser: Browser, running_site: Site, mailbox: Mailbox
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    tab, _addresses = open_desk(context, running_site)
    tab.goto(f"{running_site.url}/admin/articles/article/1/change/")
    tab.get_by_role("button", name="Send this article").press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Foot massage")

    tab.get_by_role("button", name="Send a test to owner@example.org").press("Enter")
    expect(tab.locator(".messagelist")).to_have_text("A test goes to owner@example.org.")  # fmt: skip
    test = mailbox.wait_for("owner@example.org", number=1)
    assert test["Subject"].startswith("[Test] ")
    assert test["List-Unsubscribe"] is None

    tab.locator("summary", has_text="Send it later").press("Enter")
    tab.get_by_label("Day and time").fill("2020-01-01T10:00")
    tab.get_by_role("button", name="Put it on the schedule").press("Enter")
    expect(tab.locator(".errorlist")).to_have_text("That moment is past. Choose a later one.")  # fmt: skip

    tab.get_by_role("link", name="Send it now …").press("Enter")
    tab.get_by_role("button", name="Send it to 3 readers").press("Enter")
    expect(tab.locator(".messagelist")).to_have_text("The letter is on its way.")
    letter = mailbox.wait_for("reader0@example.org", number=1)
    assert ARTICLE in letter.get_body(("plain",)).get_content()

    expect(tab.locator(".now .state")).to_have_text("Sent", timeout=DEADLINE * 1000)
    expect(tab.get_by_role("heading", name="3 of 3")).to_be_visible()
    context.close()
