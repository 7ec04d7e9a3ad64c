"""The whole job, as a person does it: no JavaScript, real processes, real mail.

Nothing here signs a link or looks into the database; there is only what the browser shows
and what the mail server was handed.
"""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.running import Mailbox, NewContext
from tests.browser.steps import (
    ARTICLE,
    approve,
    ask_to_join,
    background,
    check_letter,
    comment_and_wait_for_the_editor,
    comment_on_the_media_item,
    delete_the_page,
    edit_the_title,
    expect_count,
    expect_state,
    expect_within,
    leave_by_the_link,
    leave_in_one_click,
    link_in,
    log_in,
    read_the_article,
    reply_to_the_comment,
    subscribe,
    write_comment,
)
from tests.running import Site, free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_reader_comments_replies_and_subscribes_and_an_editor_approves(
    running_site: Site, mailbox: Mailbox, new_context: NewContext
) -> None:
    reader, requested = new_context(), []
    reader.on("request", lambda request: requested.append(request.url))
    page = reader.new_page()
    desk = log_in(new_context(), running_site)

    read_the_article(page, running_site)
    comment_and_wait_for_the_editor(page, running_site, desk)
    reply_to_the_comment(page, running_site, desk)
    comment_on_the_media_item(page, running_site, desk)

    page.goto(running_site.url + ARTICLE)
    subscribe(page.locator(".slip"), mailbox, "rose@example.org")
    welcome = mailbox.wait_for("rose@example.org", number=2)
    assert welcome["Subject"] == "You are subscribed to Footcare"
    check_letter(welcome)
    assert leave_in_one_click(welcome) == 200
    expect_state(desk, running_site, "rose@example.org", "Left")

    page.goto(f"{running_site.url}/subscribe/")
    subscribe(page.locator("main"), mailbox, "Ivo.Novak@example.org")
    welcome = mailbox.wait_for("Ivo.Novak@example.org", number=2)
    leave_by_the_link(page, link_in(welcome, "/unsubscribe/"))
    expect_state(desk, running_site, "Ivo.Novak@example.org", "Left")

    assert reader.cookies() == []
    assert {urlsplit(url).netloc for url in requested} == {
        f"localhost:{running_site.port}"
    }
    assert mailbox.calls <= len(mailbox.letters), "called the mail server for nothing"
    assert "Traceback" not in running_site.said()


def test_the_site_stands_while_its_mail_server_is_away(
    new_site: Site, new_context: NewContext
) -> None:
    new_site.env["EMAIL_URL"] = f"smtp://127.0.0.1:{free_port()}"
    new_site.start()
    page = new_context().new_page()
    page.goto(f"{new_site.url}/subscribe/")
    ask_to_join(page.locator("main"), "rose@example.org")

    new_site.wait_until_said("to Footcare ... failed, tried again in")

    page.goto(new_site.url + ARTICLE)
    expect_count(page, 0)
    assert any(
        "manage.py worker" in command for command in new_site.processes().values()
    )
    assert "Traceback" not in new_site.said()


def test_a_word_without_end_in_a_comment_leaves_every_page_as_wide_as_it_was(
    new_site: Site, new_context: NewContext
) -> None:
    new_site.start()
    new_site.make_owner()
    desk = log_in(new_context(), new_site)
    reader = new_context(viewport={"width": 320, "height": 800})
    page = reader.new_page()
    page.goto(new_site.url + ARTICLE)
    write_comment(page, "R" * 80, "See https://example.org/" + "feet" * 100)
    approve(desk, new_site, "See https://example.org/")

    page.goto(new_site.url + ARTICLE)
    expect_count(page, 1)
    expect_within(320, page.locator(".comment :is(p, header)"))
    page.get_by_role("link", name="Reply to RRR").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add comment")
    expect_within(320, page.locator(":is(.notice, .input, .button):visible"))


def test_who_is_on_the_list_already_learns_it_by_mail_alone(
    running_site: Site, mailbox: Mailbox, new_context: NewContext
) -> None:
    page = new_context().new_page()
    page.goto(f"{running_site.url}/subscribe/")
    subscribe(page.locator("main"), mailbox, "mira@example.org")
    mailbox.wait_for("mira@example.org", number=2)

    page.goto(f"{running_site.url}/subscribe/")
    ask_to_join(page.locator("main"), "MIRA@example.org")

    letter = mailbox.wait_for("mira@example.org", number=3)
    assert letter["Subject"] == "You are on the list of Footcare already"
    check_letter(letter)


def test_a_refused_comment_keeps_every_word_and_says_what_is_missing(
    running_site: Site, new_context: NewContext
) -> None:
    page = new_context().new_page()
    page.goto(running_site.url + ARTICLE)
    form = page.locator("#comment-form")
    form.get_by_label("Your e-mail").fill("not an address")
    form.get_by_label("Your comment").fill("My words.\n\nAll of them.")
    form.get_by_role("button", name="Send comment").click()

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("There is a problem")
    expect(summary).to_be_focused()
    expect(form.get_by_label("Your comment")).to_have_value("My words.\n\nAll of them.")
    expect(form.get_by_label("Your e-mail")).to_have_value("not an address")
    summary.get_by_role("link", name="Write the name to show beside").click()
    expect(page).to_have_url(re.compile(r"#c-name$"))
    name = form.get_by_label("Your name")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_be_in_viewport()


def test_the_theme_a_reader_chose_stays_without_a_cookie(
    running_site: Site, new_context: NewContext
) -> None:
    reader = new_context(java_script_enabled=True, color_scheme="light")
    page = reader.new_page()
    page.goto(running_site.url + ARTICLE)
    html = page.locator("html")
    light = background(html)

    page.get_by_role("button", name="Use the dark theme").click()
    dark = background(html)
    assert dark != light
    page.reload()
    assert background(html) == dark
    page.goto(running_site.url)
    assert background(html) == dark
    expect(page.get_by_role("button", name="Use the dark theme")).to_be_hidden()

    page.get_by_role("button", name="Use the light theme").click()
    assert background(html) == light
    page.reload()
    assert background(html) == light
    assert reader.cookies() == []


def test_without_javascript_there_is_no_theme_switch_that_does_nothing(
    running_site: Site, new_context: NewContext
) -> None:
    page = new_context().new_page()
    page.goto(running_site.url)
    expect(page.locator(".masthead")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("theme"))).to_have_count(0)


def test_ctrl_c_ends_every_process_and_the_next_start_keeps_what_was_edited(
    new_site: Site, new_context: NewContext
) -> None:
    new_site.start()
    assert "Wrote Foot massage." in new_site.said()
    new_site.make_owner()
    desk = log_in(new_context(), new_site)
    edit_the_title(desk, new_site, "Foot massage", "Foot massage at home")
    delete_the_page(desk, new_site, "Accessibility")
    commands = " ".join(new_site.processes().values())
    assert "gunicorn" in commands
    assert "manage.py worker" in commands

    assert new_site.interrupt() == 0

    assert new_site.processes() == {}
    assert not new_site.answers()
    assert "Traceback" not in new_site.said()

    new_site.start()
    assert "seeded already" in new_site.said()
    page = new_context().new_page()
    page.goto(f"{new_site.url}/articles/")
    expect(page.locator(".entry")).to_have_count(1)
    expect(page.locator(".entry h2")).to_have_text("Foot massage at home")
    page.goto(f"{new_site.url}/topics/")
    expect(page.locator(".entry")).to_have_count(1)
    assert page.goto(f"{new_site.url}/accessibility/").status == 404
    assert new_site.interrupt() == 0


# --- the reader -----------------------------------------------------------------------
