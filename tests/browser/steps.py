"""What a reader and an editor do, step by step, and what they should see."""

import re
import urllib.request
from email.message import EmailMessage
from html.parser import HTMLParser

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.running import Mailbox
from tests.running import DEADLINE, Site

ARTICLE = "/articles/foot-massage/"
ITEM = "asmr massage fun"


def read_the_article(page: Page, site: Site) -> None:
    page.goto(site.url)
    expect(page.get_by_role("link", name="0 comments")).to_be_visible()
    page.get_by_role("link", name="Read the article").click()
    expect(page).to_have_url(site.url + ARTICLE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Foot massage")
    callout = page.get_by_role("region", name="Before you start")
    first_paragraph = page.locator("[data-layer=author] p").first
    expect(callout).to_be_visible()
    expect(first_paragraph).to_contain_text("In our days")
    bottom = callout.bounding_box()
    assert bottom["y"] + bottom["height"] <= first_paragraph.bounding_box()["y"]
    expect_count(page, 0)


def comment_and_wait_for_the_editor(page: Page, site: Site, desk: Page) -> None:
    words = "I rub my feet <b>each</b> evening."
    write_comment(page, "Rose Ö’Hara", words)
    page.get_by_role("link", name="Back to the article").click()
    expect(page).to_have_url(site.url + ARTICLE)
    expect_count(page, 0)
    expect(page.get_by_text(words)).to_have_count(0)

    approve(desk, site, words)

    page.reload()
    expect_count(page, 1)
    expect(page.locator(".comment")).to_contain_text("Rose Ö’Hara")
    expect(page.locator(".comment")).to_contain_text(words)
    page.goto(f"{site.url}/articles/")
    expect(page.locator(".entry")).to_contain_text("1 comment")
    page.goto(site.url)
    expect(page.get_by_role("link", name="1 comment", exact=True)).to_be_visible()


def reply_to_the_comment(page: Page, site: Site, desk: Page) -> None:
    page.goto(site.url + ARTICLE)
    page.get_by_role("link", name="Reply to Rose Ö’Hara").click()
    expect(page.locator("main")).to_contain_text("You are answering Rose Ö’Hara")
    write_comment(page, "Ivo", "How long does it take you?")

    approve(desk, site, "How long does it take you?")

    page.goto(site.url + ARTICLE)
    expect_count(page, 2)
    reply = page.locator(".thread .thread .comment")
    expect(reply).to_contain_text("How long does it take you?")


def comment_on_the_media_item(page: Page, site: Site, desk: Page) -> None:
    page.get_by_role("link", name=f"0 comments on {ITEM}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ITEM)
    expect_count(page, 0)
    item = page.url.partition("#")[0]
    write_comment(page, "Mira", "I miss the sound of it.")

    approve(desk, site, "I miss the sound of it.")

    page.goto(item)
    expect_count(page, 1)
    expect(page.locator(".comment")).to_contain_text("I miss the sound of it.")
    page.goto(site.url + ARTICLE)
    expect_count(page, 3)
    said = page.locator(".comment").filter(has_text="I miss the sound of it.")
    expect(said).to_contain_text(f"about “{ITEM}”")
    expect(page.get_by_role("link", name=f"1 comment on {ITEM}")).to_be_visible()


def write_comment(page: Page, name: str, words: str) -> None:
    form = page.locator("#comment-form")
    form.get_by_label("Your name").fill(name)
    form.get_by_label("Your comment").fill(words)
    form.get_by_role("button", name="Send comment").click()
    expect(page).to_have_url(
        re.compile(r"/articles/foot-massage/comments/sent/\?key=[\w%-]+$")
    )
    expect(page.get_by_role("status")).to_contain_text("waits for an editor")


def expect_count(page: Page, count: int) -> None:
    shown = page.locator("[data-comments-count]")
    expect(shown).to_have_attribute("data-comments-count", str(count))
    expect(shown).to_have_text(
        f"{count} comment" if count == 1 else f"{count} comments"
    )
    expect(page.locator(".comment")).to_have_count(count)


def expect_within(width: int, parts: Locator) -> None:
    """Nothing is cut off at the side, be it by a page that cannot be scrolled there."""
    for part in parts.all():
        box = part.bounding_box()
        assert box, part
        assert box["x"] + box["width"] <= width, f"{part.inner_html()} at {box}"


def background(html: Locator) -> str:
    return html.evaluate("html => getComputedStyle(html).backgroundColor")


# --- the subscriber -------------------------------------------------------------------


def subscribe(form: Locator, mailbox: Mailbox, address: str) -> None:
    """Ask, take the link from the delivered letter, open it twice, press the button."""
    page = form.page
    ask_to_join(form, address)
    letter = mailbox.wait_for(address, number=1)
    assert letter["Subject"] == "Confirm your subscription to Footcare"
    check_letter(letter)
    link = link_in(letter, "/subscribe/confirm/")
    for _ in range(2):  # the first may be a mail scanner's: opening changes nothing
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "One press, and you are in"
        )
        expect(page.locator("main")).to_contain_text(address)
    page.get_by_role("button", name="Yes, subscribe me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are subscribed")


def ask_to_join(form: Locator, address: str) -> None:
    page = form.page
    form.get_by_label("Your e-mail").fill(address)
    form.get_by_role("button", name="Subscribe").click()
    expect(page).to_have_url(re.compile(r"/subscribe/check/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your inbox")


def leave_in_one_click(letter: EmailMessage) -> int:
    """What a mail program does when its own button is pressed (RFC 8058)."""
    link = letter["List-Unsubscribe"].strip().removeprefix("<").removesuffix(">")
    click = urllib.request.Request(link, b"List-Unsubscribe=One-Click", method="POST")
    with urllib.request.urlopen(click, timeout=DEADLINE) as answer:
        assert "Set-Cookie" not in answer.headers
        return answer.status


def leave_by_the_link(page: Page, link: str) -> None:
    for _ in range(2):
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Do you want to leave?"
        )
    page.get_by_role("button", name="Yes, unsubscribe me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have left the list")


def check_letter(letter: EmailMessage) -> None:
    """One text in two forms, with the same link, and a way out that needs no page."""
    assert letter.get_content_type() == "multipart/alternative"
    text, html = letter.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    links = set(re.findall(r"http://\S+", text.get_content()))
    assert links
    assert links <= links_of(html.get_content())
    leave = letter["List-Unsubscribe"].strip()
    assert re.fullmatch(r"<http://localhost:\d+/unsubscribe/[^\s<>]+>", leave)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["From"] == "Footcare <letters@localhost>"
    assert letter["Message-ID"]
    assert letter["Date"]


def link_in(letter: EmailMessage, path: str) -> str:
    """The link to ``path`` that stands in the delivered text."""
    text = letter.get_body(("plain",)).get_content()
    (link,) = re.findall(rf"http://localhost:\d+{path}\S+", text)
    return link


def links_of(html: str) -> set[str]:
    found: set[str] = set()

    class Links(HTMLParser):
        def handle_starttag(
            self, tag: str, attrs: list[tuple[str, str | None]]
        ) -> None:
            if tag == "a":
                found.add(dict(attrs)["href"] or "")

    Links().feed(html)
    return found


# --- the owner's desk: the admin, without JavaScript, too -------------------------------


def log_in(context: BrowserContext, site: Site) -> Page:
    page = context.new_page()
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill(site.owner["DJANGO_SUPERUSER_USERNAME"])
    page.get_by_label("Password").fill(site.owner["DJANGO_SUPERUSER_PASSWORD"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="What do you want to do?")).to_be_visible()
    return page


def approve(desk: Page, site: Site, words: str) -> None:
    """Approve the one comment that waits; the list opens with what waits."""
    desk.goto(f"{site.url}/admin/")
    desk.locator("#content tbody").get_by_role("link", name="Comments").click()
    rows = desk.locator("#result_list tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(words)
    rows.get_by_role("checkbox").check()
    desk.get_by_role("combobox", name="Action").select_option(
        label="Approve selected comments"
    )
    desk.get_by_role("button", name="Go", exact=True).click()
    expect(desk.locator(".messagelist")).to_have_text("1 comment is now visible.")


def expect_state(desk: Page, site: Site, address: str, state: str) -> None:
    desk.goto(f"{site.url}/admin/subscriptions/subscriber/?q={address}")
    row = desk.locator("#result_list tbody tr")
    expect(row).to_contain_text(address)
    expect(row.locator(".field-state")).to_have_text(state)


def edit_the_title(desk: Page, site: Site, title: str, new_title: str) -> None:
    desk.goto(f"{site.url}/admin/articles/article/")
    desk.get_by_role("link", name=title, exact=True).click()
    desk.get_by_label("Title:", exact=True).first.fill(new_title)
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")


def delete_the_page(desk: Page, site: Site, title: str) -> None:
    desk.goto(f"{site.url}/admin/articles/page/")
    desk.get_by_role("link", name=title, exact=True).click()
    desk.get_by_role("link", name="Delete").click()
    desk.get_by_role("button", name="Yes, I’m sure").click()
    expect(desk.locator(".messagelist")).to_contain_text("was deleted successfully")
