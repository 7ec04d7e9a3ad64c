"""A reader's own page as a person uses it: no JavaScript, real processes, real mail."""

import json
import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.running import Mailbox, NewContext
from tests.browser.steps import check_letter, link_in
from tests.running import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SLIP, MEANT, NEW = "lena@gmial.com", "lena@gmail.com", "lena@example.net"


def test_a_reader_mends_a_slip_chooses_moves_takes_along_and_goes(
    running_site: Site, mailbox: Mailbox, new_context: NewContext
) -> None:
    reader = new_context(accept_downloads=True)
    page = reader.new_page()

    settings = join_after_a_slip(page, running_site, mailbox)
    choose(page, settings)
    move(page, settings, mailbox)
    take_along(page, settings)
    go(page, settings)

    assert reader.cookies() == []
    assert "Traceback" not in running_site.said()


def join_after_a_slip(page: Page, site: Site, mailbox: Mailbox) -> str:
    """Return the link to the settings that stands in the welcome letter."""
    page.goto(f"{site.url}/subscribe/")
    page.get_by_label("Massage").check()
    page.get_by_label("Your e-mail").fill(SLIP)
    page.get_by_label("Your e-mail").press("Enter")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Your e-mail")).to_have_value(SLIP)
    expect(page.get_by_label("Massage")).to_be_checked()
    expect(page.get_by_role("button", name="No, keep what I wrote")).to_be_visible()
    page.get_by_role("button", name=f"Yes, {MEANT}").click()
    expect(page).to_have_url(re.compile(r"/subscribe/check/$"))

    first = mailbox.wait_for(MEANT, number=1)
    assert mailbox.to(SLIP) == []
    page.goto(link_in(first, "/subscribe/confirm/"))
    page.get_by_role("button", name="Yes, subscribe me").click()
    welcome = mailbox.wait_for(MEANT, number=2)
    check_letter(welcome)
    return link_in(welcome, "/preferences/")


def choose(page: Page, settings: str) -> None:
    until = date.today() + timedelta(days=20)
    page.goto(settings)
    expect(page.get_by_label("Massage")).to_be_checked()
    expect(page.get_by_label("A letter for each new article")).to_be_checked()
    page.get_by_label("Once a week, all in one letter").check()
    page.get_by_label("Massage").uncheck()
    page.get_by_label("No letters until").fill(until.isoformat())
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_have_text("Your choice is saved.")
    expect(page.get_by_label("Once a week, all in one letter")).to_be_checked()
    expect(page.get_by_label("Massage")).not_to_be_checked()
    expect(page.get_by_label("No letters until")).to_have_value(until.isoformat())


def move(page: Page, settings: str, mailbox: Mailbox) -> None:
    page.get_by_label("Another address for your letters").fill(NEW)
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("status")).to_contain_text("We are sending a link")
    letter = mailbox.wait_for(NEW, number=1)
    link = link_in(letter, "/preferences/address/")
    for _ in range(2):  # the first may be a mail scanner's: opening changes nothing
        page.goto(link)
        expect(page.locator("main")).to_contain_text(NEW)
    page.get_by_role("button", name="Yes, move them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your letters are moved")
    told = mailbox.wait_for(MEANT, number=3)
    assert told["Subject"] == "Your letters of Footcare go to another address now"
    page.goto(settings)
    expect(page.locator("main")).to_contain_text(NEW)


def take_along(page: Page, settings: str) -> None:
    with page.expect_download() as loading:
        page.get_by_role("link", name="Take along what is stored").click()
    assert loading.value.suggested_filename == "subscription.json"
    found = json.loads(loading.value.path().read_text(encoding="utf-8"))
    assert (found["email"], found["pace"], found["topics"]) == (NEW, "weekly", [])
    assert "One e-mail for each new article" in found["consent"]["words"]


def go(page: Page, settings: str) -> None:
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have left the list")
    page.goto(settings)
    expect(page.locator("main")).to_contain_text("No letters go to this address.")
    page.get_by_role("link", name="Delete what is stored").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your address is deleted")
    answer = page.goto(settings)
    assert answer
    assert answer.status == 410
