"""Lists of addresses and the statistics in a browser: any width, both schemes, no JavaScript."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.steps import log_in
from tests.browser.test_axe import AXE, RUN, SCHEMES, TAGS, UNFOLD
from tests.browser.test_queue import OVERFLOW
from tests.running import DEADLINE, Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FILL = """
from datetime import timedelta
from django.utils import timezone
from subscriptions.models import Delivery, Import, Letter, Subscriber, Tally
now = timezone.now()
for model in (Letter, Subscriber, Tally, Import):
    model.objects.all().delete()
reader = Subscriber.objects.create(email="reader@example.org", state="confirmed", confirmed_at=now)
Tally.objects.create(day=now.date(), joined=1)
Tally.objects.create(day=now.date() - timedelta(days=70), imported=40, left=40)
letter = Letter.objects.create(subject="A letter", state="sent", queued_at=now, finished_at=now, html="x", text="x")
Delivery.objects.create(letter=letter, subscriber=reader, state="sent", tried_at=now)
"""
FILE = "Email Address,STATUS,CONFIRM_TIME,CONFIRM_IP\nada@example.org,subscribed,2024-05-31 10:00:00,203.0.113.7\nreader@example.org,subscribed,,\neve@example.org,unsubscribed,,\nnonsense,subscribed,,\n"


def open_admin(
    context: BrowserContext, site: Site, file: Path
) -> tuple[Page, list[str]]:
    """Logged in, at a file that was looked through; with the addresses of all pages."""
    site.manage("shell", "-v", "0", "-c", FILL)
    context.set_default_timeout(DEADLINE * 1000)
    tab = log_in(context, site)
    file.write_text(FILE)
    base = f"{site.url}/admin/subscriptions"
    tab.goto(f"{base}/import/add/")
    tab.get_by_label("File").set_input_files(file)
    tab.get_by_role("button", name="Look through it").press("Enter")
    tab.wait_for_url("**/change/")
    return tab, [tab.url, *(f"{base}/{one}/" for one in ("import/add", "tally"))]  # fmt: skip


@pytest.fixture
def pages(
    browser: Browser, running_site: Site, tmp_path: Path
) -> Iterator[tuple[Page, list[str]]]:
    context = browser.new_context()
    heard: list[str] = []
    context.on("console", lambda said: heard.append(said.text) if _is_wrong(said) else None)  # fmt: skip
    context.on("weberror", lambda error: heard.append(str(error.error)))
    yield open_admin(context, running_site, tmp_path / "list.csv")
    assert heard == []
    context.close()


def _is_wrong(said: ConsoleMessage) -> bool:
    # What axe tries to style belongs to no file.
    return said.type == "error" and bool(said.location["url"])


def test_axe_finds_nothing_at_any_width(pages: tuple[Page, list[str]]) -> None:
    tab, addresses = pages
    wrong = []
    for address in addresses:
        tab.goto(address)
        tab.evaluate(UNFOLD)
        tab.evaluate(AXE)
        for width in (320, 1280):
            tab.set_viewport_size({"width": width, "height": 800})
            assert tab.evaluate(OVERFLOW) == 0, (address, width)
            for scheme in SCHEMES:
                tab.emulate_media(color_scheme=scheme)
                wrong += tab.evaluate(RUN, TAGS)[0]

    assert {(one["rule"], one["where"], one["html"][:90]) for one in wrong} == set()


def test_a_chart_has_a_name_and_the_colour_of_the_scheme(
    pages: tuple[Page, list[str]],
) -> None:
    tab, addresses = pages
    tab.goto(addresses[2])
    colours = set()
    for scheme in SCHEMES:
        tab.emulate_media(color_scheme=scheme)
        for name in (
            "Size of the list",
            "Who came and who went",
            "What became of letters",
        ):
            expect(tab.get_by_role("img", name=name)).to_be_visible()
        colours.add(tab.locator("circle").evaluate("one => getComputedStyle(one).fill"))

    assert len(colours) == len(SCHEMES)


def test_a_list_comes_and_goes_without_javascript_and_by_keyboard(
    browser: Browser, running_site: Site, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab, _addresses = open_admin(context, running_site, tmp_path / "list.csv")
    tab.get_by_role("button", name="Import", exact=True).press("Enter")
    expect(tab.locator(".errorlist")).to_have_text(
        "Write when, where and in which words these people agreed."
    )

    tab.get_by_label("Proof of consent").fill("On paper, at our stand.")
    tab.get_by_role("button", name="Import", exact=True).press("Enter")
    expect(tab.locator(".messagelist")).to_have_text("1 person is on the list now.")

    tab.get_by_role("button", name="Undo this import").press("Enter")
    expect(tab.locator(".messagelist")).to_have_text("1 person taken off.")

    tab.goto(f"{running_site.url}/admin/subscriptions/subscriber/")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Take these away as a file").press("Enter")
    assert "reader@example.org,confirmed" in download.value.path().read_text(
        "utf-8-sig"
    )
    context.close()
