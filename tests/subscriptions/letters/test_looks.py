"""Letters in Chromium: they fit a telephone, and are legible by day and by night."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from articles.models import Article, Section
from subscriptions.letters import drafting
from subscriptions.letters.composing import compose
from subscriptions.models import Digest, SendingSettings
from tests.browser.running import CHROMIUM_ARGS, NO_CHROMIUM, chromium_path
from tests.browser.test_axe import AXE, RUN, TAGS
from tests.factories import make_article, make_section
from tests.subscriptions.letters.steps import make_letter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

WIDTHS = [320, 360, 600]
SCHEMES = ["light", "dark"]
BODY = """## What is new

Dear *reader*, here is [the **about** page](/about/) and
<https://example.org/a-very-long-address/that/no/mail/program/would/break/anywhere/by/itself>.

1. One
2. Two
   - nested

> A quotation.
"""
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsfußmassagesalonbesitzerin"
RULES = [
    tag for tag in TAGS if tag != "best-practice"
]  # landmarks are the program's own
SCROLLS = "() => document.documentElement.scrollWidth - innerWidth"


@contextmanager
def opened_tab():
    """Begun after the letters: while Playwright runs, Django refuses the ORM."""
    path = chromium_path()
    if path is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser.new_page()
        browser.close()


def letters_by_name():
    SendingSettings(pk=1, imprint="Footcare\n1 Sole Street, Example").save()
    foot_massage = Article.objects.get()
    long = make_article(title=f"{LONG}: {LONG}", summary=LONG * 3, language="de")
    make_section(long, kind=Section.Kind.CONTRAINDICATIONS)
    arabic = make_article(title="راحة القدمين", language="ar")
    digest = Digest.objects.create(until="2026-01-02T09:00Z")
    return {
        "article": drafting.draft_of(foot_massage),
        "long": drafting.draft_of(long),
        "arabic": drafting.draft_of(arabic),
        "note": make_letter(subject=f"News of {LONG}", body=BODY),
        "digest": drafting.schedule_digest(digest, [foot_massage, long, arabic]),
    }


def test_every_letter_fits_and_is_legible(site):
    html = {name: compose(one).html for name, one in letters_by_name().items()}
    found = []
    with opened_tab() as tab:
        asked_for = []
        tab.on("request", lambda request: asked_for.append(request.url))
        for name, page in html.items():
            tab.set_content(page)
            tab.evaluate(AXE)
            for width in WIDTHS:
                tab.set_viewport_size({"width": width, "height": 800})
                for scheme in SCHEMES:
                    tab.emulate_media(color_scheme=scheme)
                    at = f"{name} {width} {scheme}"
                    if tab.evaluate(SCROLLS) > 0:
                        found.append(f"{at}: scrolls to the side")
                    for findings in tab.evaluate(RUN, RULES):
                        found += [f"{at}: {one}" for one in findings]

    assert found == []
    assert asked_for == []


def test_night_and_day_look_different_and_the_design_is_kept(site):
    html = compose(drafting.draft_of(Article.objects.get())).html
    style = """(name) => {
      const part = document.querySelector(name);
      const style = getComputedStyle(part);
      return [style.backgroundColor, style.color];
    }"""
    seen = {}
    with opened_tab() as tab:
        tab.set_content(html)
        for scheme in SCHEMES:
            tab.emulate_media(color_scheme=scheme)
            seen[scheme] = [
                tab.evaluate(style, name) for name in ("body", ".button", ".care")
            ]

    paper, ink = "rgb(241, 241, 232)", "rgb(30, 42, 36)"
    night, moon = "rgb(21, 29, 24)", "rgb(236, 235, 223)"
    assert seen == {
        "light": [[paper, ink], [ink, paper], ["rgb(246, 228, 214)", ink]],
        "dark": [[night, moon], [moon, night], ["rgb(54, 37, 28)", moon]],
    }
