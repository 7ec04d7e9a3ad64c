"""The collection of payloads in Chromium: nothing runs, and nothing even tries to.

A script that the policy stops is a finding, too: the policy is the second wall.
"""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.hostile.payloads import BY_KIND, PAYLOADS
from tests.running import DEADLINE, Site, free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("payloads")]

FILL = "from tests.hostile.filling import fill; fill()"
WATCH = """
window.found = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.found.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""
# What could run or load something, or take what is typed elsewhere, if it is not ours.
STRANGE = """() => {
  const found = window.found.concat(window.__x === undefined ? [] : ["ran"]);
  const isOurs = (address) => new URL(address, location.href).origin === location.origin;
  for (const one of document.querySelectorAll("*")) {
    for (const {name, value} of one.attributes) {
      const is_link = ["href", "src", "action", "formaction", "xlink:href", "data"].includes(name);
      if (name.startsWith("on") || name === "style" || name === "srcdoc"
          || (is_link && /^[\\s\\x00-\\x1f]*(javascript|data|vbscript):/i.test(value))) {
        found.push(`${one.localName} ${name}=${value}`);
      }
    }
    if (["iframe", "object", "embed", "base", "math", "marquee", "dialog", "plaintext", "xmp",
         "listing", "noscript", "frameset", "applet", "audio", "video"].includes(one.localName)
        || one.matches("meta[http-equiv], style, svg script, svg animate, svg set, foreignObject")
        || (one.matches("script") && !one.src && one.type !== "application/ld+json")
        || (one.matches("script[src], img, link[rel=stylesheet]") && !isOurs(one.src || one.href))
        || (one.matches("form") && !isOurs(one.getAttribute("action") || ""))) {
      found.push(one.outerHTML.slice(0, 200));
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def hostile_site(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("hostile"), smtp_port=free_port())
    try:
        site.start()
        site.make_owner()
        site.manage("shell", "-v", "0", "-c", FILL)
        yield site
    finally:
        site.end()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.set_default_timeout(DEADLINE * 1000)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.heard = []
    page.on("dialog", lambda dialog: (page.heard.append("a dialog"), dialog.dismiss()))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    yield page
    context.close()


def look(page: Page, address: str) -> list[str]:
    """What is strange on the page at ``address``."""
    page.goto(address)
    return page.evaluate(STRANGE) + page.heard


@pytest.mark.parametrize("path", ["/", "/articles/", "/topics/", "/topics/topic-1/", "/authors/author-1/", "/articles/talk/", "/articles/talk/?comments=100", "/articles/parts/", "/articles/payload-8/", "/articles/payload-120/", "/articles/talk/comments/", "/articles/talk/comments/?parent=1", "/hostile/", "/search/?q=window", "/search/?q=script", "/subscribe/", "/about/"])  # fmt: skip
def test_nothing_that_was_typed_runs_for_a_reader(
    hostile_site: Site, page: Page, path: str
) -> None:
    assert look(page, hostile_site.url + path) == []


def test_nothing_in_the_head_of_an_article_runs(hostile_site: Site, page: Page) -> None:
    """The title, the summary and the structured data of those that try to leave them."""
    found = {}
    for text in [*BY_KIND["elements"], *BY_KIND["documents"]]:
        number = PAYLOADS.index(text)
        if strange := look(page, f"{hostile_site.url}/articles/payload-{number}/"):
            found[text] = strange

    assert found == {}


@pytest.mark.parametrize("path", ["/search/?q={}", "/{}/", "/articles/{}/", "/subscribe/confirm/{}/", "/admin/login/?next={}"])  # fmt: skip
def test_nothing_in_an_address_runs(hostile_site: Site, page: Page, path: str) -> None:
    # Many at once, as many as an address holds.
    texts = [text.replace("\0", "") for text in PAYLOADS]
    found = {}
    for start in range(0, len(texts), 8):
        some = quote(" ".join(texts[start : start + 8])[:190], safe="")
        if strange := look(page, hostile_site.url + path.format(some)):
            found[some] = strange

    assert found == {}


def test_nothing_in_a_refused_form_runs(hostile_site: Site, page: Page) -> None:
    for start in range(0, len(PAYLOADS), 40):
        page.goto(f"{hostile_site.url}/articles/talk/comments/")
        words = "\n".join(PAYLOADS[start : start + 40])
        form = page.locator("#comment-form")
        form.evaluate("form => form.noValidate = true")
        form.get_by_label("Your name").fill(words.replace("\n", " ")[:2000])
        form.get_by_label("Your e-mail").fill(words.replace("\n", " "))
        form.get_by_label("Your comment").fill(words)
        with page.expect_response(
            lambda answer: answer.request.method == "POST"
        ) as sent:
            form.get_by_role("button").last.click()
        page.wait_for_load_state()

        assert sent.value.status == 422
        assert page.evaluate(STRANGE) + page.heard == []


def test_nothing_that_was_typed_runs_at_the_desk(
    hostile_site: Site, page: Page
) -> None:
    log_in(page, hostile_site)
    found = {}
    for path in ["", "articles/article/", "articles/topic/", "articles/media/", "articles/note/", "articles/source/", "articles/author/", "articles/page/", "articles/section/", "articles/sitesettings/1/change/", "comments/comment/?status=all", "comments/comment/?status=all&p=2", "comments/comment/?q=script", "comments/comment/1/change/", "comments/comment/1/delete/", "articles/article/10/change/", "articles/article/10/delete/", "articles/article/10/history/"]:  # fmt: skip
        strange = look(page, f"{hostile_site.url}/admin/{path}")
        # The admin's own: it hides and shows by style, in its own scripts.
        if strange := [one for one in strange if " style=" not in one]:
            found[path] = strange

    assert found == {}


def log_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill(site.owner["DJANGO_SUPERUSER_USERNAME"])
    page.get_by_label("Password").fill(site.owner["DJANGO_SUPERUSER_PASSWORD"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="What do you want to do?")).to_be_visible()


def test_the_watch_sees_what_it_is_set_for(hostile_site: Site, page: Page) -> None:
    """A page that lets the payloads through: each of these must be told."""
    page.goto(f"{hostile_site.url}/healthz")
    for text in ["<img src=x onerror=window.__x=1>", '<a href="javascript:x">x</a>', "<base href=x>", "<svg><set></set></svg>", "<form action='https://evil.example'></form>", "<p style=color:red>"]:  # fmt: skip
        page.evaluate("text => { document.body.innerHTML = text; }", text)
        assert page.evaluate(STRANGE) != []
