"""Django's admin under the policy of the whole site: all of it works, nothing is blocked."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import log_in
from tests.running import DEADLINE, Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WATCH = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`blocked ${event.violatedDirective} ${event.blockedURI}`));"""
PAGES = ["", "articles/article/", "articles/article/?q=foot", "articles/article/1/history/", "articles/media/", "articles/note/add/", "articles/page/", "articles/sitesettings/", "articles/source/", "comments/comment/", "comments/comment/add/", "comments/comment/queue/", "comments/comment/queue/?show=all", "comments/rule/", "comments/rule/add/", "comments/rule/try/", "comments/ban/add/", "comments/savedreply/add/", "comments/moderationsettings/add/", "subscriptions/subscriber/", "subscriptions/letter/", "subscriptions/letter/add/", "subscriptions/delivery/", "subscriptions/sendingsettings/add/", "auth/user/1/change/", "auth/user/1/password/", "auth/group/add/", "password_change/"]  # fmt: skip


@pytest.fixture
def desk(browser: Browser, running_site: Site) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(DEADLINE * 1000)
    context.add_init_script(WATCH)
    heard: list[str] = []
    context.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)  # fmt: skip
    context.on("weberror", lambda error: heard.append(str(error.error)))
    desk = log_in(context, running_site)
    yield desk
    assert heard == []
    context.close()


def test_every_page_of_the_desk_is_silent(running_site: Site, desk: Page) -> None:
    for path in PAGES:
        answer = desk.goto(f"{running_site.url}/admin/{path}")
        assert answer
        assert answer.status == 200, path


def test_the_article_form_works_with_its_scripts(
    running_site: Site, desk: Page
) -> None:
    desk.goto(f"{running_site.url}/admin/articles/article/1/change/")

    desk.locator("a[id^=calendarlink]").first.click()
    expect(desk.locator("#calendarbox0")).to_be_visible()
    desk.locator("#calendarbox0 .calendar-shortcuts a").nth(1).click()
    expect(desk.locator("#calendarbox0")).to_be_hidden()
    desk.locator("a[id^=clocklink]").first.click()
    expect(desk.locator("#clockbox0")).to_be_visible()
    desk.keyboard.press("Escape")

    rows = desk.locator("#sections-group .inline-related:not(.empty-form)")
    before = rows.count()
    desk.locator("#sections-group .add-row a").click()
    expect(rows).to_have_count(before + 1)
    rows.last.locator(".inline-deletelink").click()
    expect(rows).to_have_count(before)

    chosen = desk.locator("#id_topics_to option")
    before = chosen.count()
    chosen.first.click()
    desk.locator(".selector-remove").first.click()
    expect(chosen).to_have_count(before - 1)

    desk.locator(".select2-selection").first.click()
    expect(desk.locator(".select2-results__option").first).to_be_visible()
    desk.keyboard.press("Escape")


def test_a_slug_follows_its_title_and_what_was_made_is_deleted_again(
    running_site: Site, desk: Page
) -> None:
    desk.goto(f"{running_site.url}/admin/articles/topic/add/")
    desk.locator("#id_name").press_sequentially("Cold feet")
    expect(desk.locator("#id_slug")).to_have_value("cold-feet")
    desk.get_by_role("button", name="Save", exact=True).click()

    desk.get_by_role("link", name="Cold feet").first.click()
    desk.get_by_role("link", name="Delete").click()
    desk.get_by_role("button", name="Yes, I’m sure").click()

    expect(desk.locator(".messagelist")).to_contain_text("was deleted successfully")
