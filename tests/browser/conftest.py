"""One site, one mail server and one browser for all tests of this folder.

They end with the folder: while Playwright runs, Django takes its thread for an
asynchronous one and refuses the ORM to every other test.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from playwright.sync_api import Page as Tab

from tests.browser.pages import PAGES, Documents, FilledSite, fetch
from tests.browser.running import (
    CHROMIUM_ARGS,
    NO_CHROMIUM,
    Mailbox,
    NewContext,
    chromium_path,
)
from tests.running import DEADLINE, Site


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip(NO_CHROMIUM)
    expect.set_options(timeout=DEADLINE * 1000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def tab(browser: Browser) -> Iterator[Tab]:
    """One for all tests that only look: what it has loaded once it need not load again."""
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(DEADLINE * 1000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="package")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    yield box
    server.stop()


@pytest.fixture(scope="package")
def running_site(
    browser: Browser, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The running site, with the owner's account. (Nothing starts without a browser.)"""
    site = Site(tmp_path_factory.mktemp("site"), mailbox.port)
    try:
        site.start()
        site.make_owner()
        yield site
    finally:
        site.end()


@pytest.fixture(scope="package")
def full_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FilledSite]:
    """The running site with everything that PAGES shows. Only read: it serves every test."""
    site = FilledSite(tmp_path_factory.mktemp("full"))
    try:
        site.start()
        yield site
    finally:
        site.end()


@pytest.fixture(scope="package")
def documents(full_site: FilledSite) -> Documents:
    """Every page as the server sends it."""
    found = {name: fetch(full_site, page) for name, page in PAGES.items()}
    assert {name: answer.status for name, answer in found.items()} == {
        name: page.status for name, page in PAGES.items()
    }
    return found


@pytest.fixture
def new_site(browser: Browser, mailbox: Mailbox, tmp_path: Path) -> Iterator[Site]:
    """One for a test that stops it; not started yet, ended with the test."""
    site = Site(tmp_path, mailbox.port)
    yield site
    site.end()
    print(site.said())  # shown by pytest where a test has failed


@pytest.fixture
def new_context(browser: Browser) -> Iterator[NewContext]:
    """Make a browser context without JavaScript; closed with the test."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**{"java_script_enabled": False, **options})
        context.set_default_timeout(DEADLINE * 1000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
