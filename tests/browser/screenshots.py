"""Save pictures of the site's pages: python -m tests.browser.screenshots OUTDIR."""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.running import CHROMIUM_ARGS, NO_CHROMIUM, chromium_path
from tests.browser.views import VIEWS

WIDTHS = [360, 1280]
SCHEMES = ["light", "dark"]
PAGES = [
    "home", "articles", "article", "topic", "comment form errors", "comment sent",
    "subscribe check", "404", "admin login",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="OUTDIR")
    parser.add_argument("--url", default="http://localhost:8000", help="a running site")
    asked = parser.parse_args()
    path = chromium_path()
    if path is None:
        sys.exit(NO_CHROMIUM)
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        for scheme in SCHEMES:
            for width in WIDTHS:
                context = browser.new_context(
                    viewport={"width": width, "height": 800},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                )
                page = context.new_page()
                for name in PAGES:
                    VIEWS[name](page, asked.url.rstrip("/"))
                    file = (
                        asked.folder / f"{name.replace(' ', '-')}-{width}-{scheme}.png"
                    )
                    page.screenshot(path=file, full_page=True)
                    print(file)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
