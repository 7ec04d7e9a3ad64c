"""The moderators' queue in a browser: by keys, by the keyboard alone, without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.steps import log_in
from tests.browser.test_axe import AXE, RUN, SCHEMES, TAGS, UNFOLD
from tests.running import DEADLINE, Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FILL = """
from articles.models import Article
from comments import moderation
from comments.models import Comment, SavedReply, Scrutiny
Comment.objects.all().delete()
article = Article.objects.get(slug="foot-massage")
for n in range(5):
    one = Comment.objects.create(article=article, name=f"Reader {n}", body=f"Words {n}, *so*.", email="r@example.org")
    Scrutiny.objects.create(comment=one, score=40, reasons=[["names a dose", 40]], network="n" * 64)
seen = Comment.objects.create(article=article, name="Seen", body="Seen by all.", status="visible")
moderation.report(seen, "health", "Dangerous!", "203.0.113.7/32")
SavedReply.objects.get_or_create(title="Doctor", text="Please ask your doctor.")
"""
WIDE = {"width": 1280, "height": 900}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll("#content-main :is(button, summary, select, textarea, input, a.do, .tabs a)")]
  .filter((one) => one.offsetParent).map((one) => one.type === "checkbox" ? one.closest("label") : one)
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 43.9 || box.height < 43.9).map(([html]) => html)"""


def open_queue(context: BrowserContext, site: Site) -> Page:
    site.manage("shell", "-v", "0", "-c", FILL)
    context.set_default_timeout(DEADLINE * 1000)
    tab = log_in(context, site)
    tab.goto(f"{site.url}/admin/comments/comment/queue/")
    return tab


@pytest.fixture
def tab(browser: Browser, running_site: Site) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE)
    heard: list[str] = []
    context.on("weberror", lambda error: heard.append(str(error.error)))
    yield open_queue(context, running_site)
    assert heard == []
    context.close()


def focused(tab: Page) -> str:
    return tab.evaluate(
        "document.activeElement.closest('.card')?.querySelector('h2').innerText || ''"
    )


def names(tab: Page) -> list[str]:
    return tab.locator(".card h2").all_inner_texts()


def test_a_moderator_works_by_keys_alone(tab: Page) -> None:
    tab.keyboard.press("a")  # at nothing: the first card, and no more
    assert focused(tab) == "Reader 0"
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    tab.keyboard.press("k")
    assert focused(tab) == "Reader 1"

    tab.keyboard.press("a")
    expect(tab.get_by_role("status")).to_have_text("1 comment is now visible.")
    assert names(tab) == ["Reader 0", "Reader 2", "Reader 3", "Reader 4"]
    assert focused(tab) == "Reader 2"  # the next one

    tab.keyboard.press("s")
    expect(tab.get_by_role("status")).to_have_text("1 comment is now spam.")
    tab.keyboard.press("u")
    expect(tab.get_by_role("status")).to_have_text("Undone: 1 comment is as it was.")
    assert names(tab) == ["Reader 0", "Reader 2", "Reader 3", "Reader 4"]


def test_chosen_ones_are_changed_together_and_erasing_asks_first(tab: Page) -> None:
    for key in "jxjx":
        tab.keyboard.press(key)
    tab.locator("#bulk").get_by_role("button", name="Hide").click()
    expect(tab.get_by_role("status")).to_have_text("2 comments are now hidden.")
    assert names(tab) == ["Reader 2", "Reader 3", "Reader 4"]

    tab.keyboard.press("d")
    expect(tab.locator(":focus")).to_have_text("Erase it for good")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status")).to_have_text("1 comment is erased.")


def test_keys_are_letters_where_somebody_types_and_a_saved_reply_is_put_in(
    tab: Page,
) -> None:
    tab.keyboard.press("j")
    tab.keyboard.press("r")
    tab.keyboard.type("ask a shaman, juhu?")
    field = tab.locator(".card").first.locator(".reply textarea")
    expect(field).to_have_value("ask a shaman, juhu?")
    assert len(names(tab)) == 5
    tab.locator(".card").first.locator(".reply select").select_option(label="Doctor")
    expect(field).to_have_value("ask a shaman, juhu?\n\nPlease ask your doctor.")

    field.fill("")
    tab.locator(".card").first.get_by_role("button", name="Send the answer").click()
    expect(tab.locator(".card").first).to_contain_text("Write the answer first.")
    expect(tab.locator(".card").first.locator(".reply textarea")).to_be_focused()


def test_keys_can_be_switched_off_and_stay_off(tab: Page) -> None:
    tab.keyboard.press("?")
    expect(tab.locator("#queue-keys")).to_have_attribute("open", "")
    tab.get_by_label("Use keys on this page").uncheck()
    tab.reload()

    tab.keyboard.press("j")

    assert focused(tab) == ""
    tab.locator("#queue-keys summary").click()
    tab.get_by_label("Use keys on this page").check()
    tab.keyboard.press("j")
    assert focused(tab) == "Reader 0"


def test_of_two_tabs_the_second_hears_that_it_is_dealt_with(tab: Page) -> None:
    other = tab.context.new_page()
    other.goto(tab.url)
    for one in (tab, other):
        one.keyboard.press("j")
    tab.keyboard.press("a")
    expect(tab.get_by_role("status")).to_have_text("1 comment is now visible.")
    other.keyboard.press("s")

    expect(other.get_by_role("status")).to_contain_text(
        "Somebody has dealt with it already"
    )


def test_axe_finds_nothing_in_the_queue_at_any_width(
    tab: Page, running_site: Site
) -> None:
    wrong = []
    for show in ("waiting", "reported", "all"):
        tab.goto(f"{running_site.url}/admin/comments/comment/queue/?show={show}")
        for unfold in (False, True):
            if unfold:
                tab.evaluate(UNFOLD)
            tab.evaluate(AXE)
            for width in (320, 1280):
                tab.set_viewport_size({"width": width, "height": 800})
                assert tab.evaluate(OVERFLOW) == 0, (show, width)
                assert tab.evaluate(SMALL) == [], (show, width)
                for scheme in SCHEMES:
                    tab.emulate_media(color_scheme=scheme)
                    wrong += tab.evaluate(RUN, TAGS)[0]

    assert wrong == []


def test_all_of_it_works_without_javascript(
    browser: Browser, running_site: Site
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    tab = open_queue(context, running_site)
    expect(tab.locator("#queue-keys")).to_be_hidden()

    tab.locator(".card").first.get_by_role("button", name="Approve").click()
    expect(tab.get_by_role("status")).to_have_text("1 comment is now visible.")
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_role("status")).to_have_text("Undone: 1 comment is as it was.")

    for card in tab.locator(".card").all()[:3]:
        card.locator("input[name=chosen][type=checkbox]").check()
    tab.locator("#bulk").get_by_role("button", name="Spam").click()
    expect(tab.get_by_role("status")).to_have_text("3 comments are now spam.")

    card = tab.locator(".card").first
    card.locator("summary", has_text="Reply").click()
    card.get_by_label("Saved reply").select_option(label="Doctor")
    card.get_by_role("button", name="Put it into the text").click()
    field = tab.locator(".card").first.locator(".reply textarea")
    expect(field).to_have_value("Please ask your doctor.")
    tab.get_by_role("button", name="Send the answer").first.click()
    expect(tab.get_by_role("status")).to_contain_text("Your answer is on the page")
    context.close()
