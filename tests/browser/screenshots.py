"""Save pictures of the site's pages: python -m tests.browser.screenshots OUTDIR [NAME ...]."""

import argparse
import sys
import tempfile
from itertools import product
from pathlib import Path

from django.utils.text import slugify
from playwright.sync_api import Browser, sync_playwright

from tests.browser.pages import PAGES, FilledSite, Page, visit
from tests.browser.running import CHROMIUM_ARGS, NO_CHROMIUM, chromium_path

WIDTHS = [360, 1280]
SCHEMES = ["light", "dark"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="OUTDIR")
    parser.add_argument("names", nargs="*", default=list(PAGES), help="of PAGES; all")
    asked = parser.parse_args()
    path = chromium_path()
    if path is None:
        sys.exit(NO_CHROMIUM)
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = FilledSite(Path(folder))
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        try:
            site.start()
            for name in asked.names:
                for scheme, width in product(SCHEMES, WIDTHS):
                    file = asked.folder / f"{slugify(name)}-{width}-{scheme}.png"
                    shoot(browser, site, PAGES[name], scheme, width, file)
                    print(file)
        finally:
            site.end()
            browser.close()


def shoot(
    browser: Browser, site: FilledSite, page: Page, scheme: str, width: int, file: Path
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    tab = context.new_page()
    visit(tab, site, page)
    tab.screenshot(path=file, full_page=True)
    context.close()


if __name__ == "__main__":
    main()
