"""Draw the pictures that the site shows elsewhere: python -m tests.browser.pictures [NAME].

The picture of a shared link and the icons, from the design's own drawing, styles and font.
They are kept in git; whoever gives the site another name draws them again.
"""

import argparse
import base64
import os
import struct
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

import django
from django.template.loader import render_to_string
from django.utils.html import escape
from playwright.sync_api import Page, sync_playwright

from tests.browser.running import CHROMIUM_ARGS, NO_CHROMIUM, chromium_path
from tests.running import BASE_DIR

STATIC = BASE_DIR / "static"
FAVICON_SIZES = [16, 32, 48]
_STYLES = "".join(
    f'<link rel="stylesheet" href="{(STATIC / "css" / f"{name}.css").as_uri()}">'
    for name in ("base", "layout", "components")
)
# Of its own, for the site's pages do not wait for their font; a picture does.
_FONT = "".join(
    f"@font-face {{ font-family: Picture; font-style: {style}; font-weight: 400 700; "
    f"font-display: block; src: url({(STATIC / 'fonts' / f'brygada-1918-{name}.woff2').as_uri()}) }} "
    for name, style in [("roman", "normal"), ("italic", "italic")]
)
SHARE = """<!doctype html><html data-theme="light"><meta charset="utf-8">{styles}<style>{font}
body {{ margin: 0; font-family: Picture; inline-size: 1200px; block-size: 630px; display: flex; flex-direction: row; align-items: center; overflow: hidden }}
div {{ flex: 1; padding-inline-start: 72px }}
h1 {{ margin: 0; font-size: {size}px; font-weight: 500; letter-spacing: -0.03em; line-height: 1.1 }}
p {{ margin: 0.6em 0 0; font-size: 34px; font-style: italic; color: var(--muted); line-height: 1.3; text-wrap: balance }}
svg.feet {{ flex: none; inline-size: auto; block-size: 540px; margin-inline-end: 64px }}
</style><div><h1>{name}</h1><p>{words}</p></div>{feet}"""
ICON = """<!doctype html><html data-theme="light"><meta charset="utf-8">{styles}<style>
body {{ margin: 0; display: grid; place-items: center; block-size: 100vh }}
svg {{ block-size: {part}vh; inline-size: auto; fill: var(--ink) }}
.mark-leaf {{ fill: #c8714c }}
</style>{mark}"""

# The pixels of a PNG, four bytes each.
PIXELS = """async ([png, width, height]) => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + png;
  await picture.decode();
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const bytes = canvas.getImageData(0, 0, width, height).data;
  let text = "";
  for (const one of bytes) text += String.fromCharCode(one);
  return btoa(text);
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="Footcare", help="the site's name")
    parser.add_argument(
        "--words", default="Plain reading about feet, massage and rest."
    )
    asked = parser.parse_args()
    path = chromium_path()
    if path is None:
        sys.exit(NO_CHROMIUM)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        page = browser.new_page()
        draw_share(page, Path(folder), asked.name, asked.words)
        draw_icons(page, Path(folder))
        browser.close()


def draw_share(page: Page, folder: Path, name: str, words: str) -> None:
    html = SHARE.format(
        styles=_STYLES,
        font=_FONT,
        name=escape(name),
        words=escape(words),
        size=min(128, 1100 // max(1, len(name))),
        feet=render_to_string("articles/_feet.svg"),
    )
    picture(page, folder, html, 1200, 630)
    write(STATIC / "img" / "share.png", indexed(page, 1200, 630))


def draw_icons(page: Page, folder: Path) -> None:
    mark = render_to_string("_mark.svg")

    def icon(size: int, part: int) -> bytes:
        html = ICON.format(styles=_STYLES, mark=mark, part=part)
        return picture(page, folder, html, size, size)

    write(STATIC / "img" / "icon-512.png", icon(512, 72))
    write(STATIC / "root" / "apple-touch-icon.png", icon(180, 72))
    write(STATIC / "root" / "favicon.ico", ico({n: icon(n, 94) for n in FAVICON_SIZES}))


def picture(page: Page, folder: Path, html: str, width: int, height: int) -> bytes:
    """``html`` as a PNG, once its font is there."""
    file = folder / "picture.html"
    file.write_text(html, encoding="utf-8")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(file.as_uri())
    page.evaluate("document.fonts.ready.then(() => 0)")
    return page.screenshot()


def indexed(page: Page, width: int, height: int) -> bytes:
    """What ``page`` shows as a PNG of 256 colours, a third of the size.

    Flat colours are most of the picture and stay; what smooths an edge becomes the nearest.
    """
    shown = base64.b64encode(page.screenshot()).decode()
    pixels = base64.b64decode(page.evaluate(PIXELS, [shown, width, height]))
    colours = [pixels[n : n + 3] for n in range(0, len(pixels), 4)]
    palette = [colour for colour, _ in Counter(colours).most_common(256)]
    place = {
        colour: min(range(len(palette)), key=lambda n: distance(colour, palette[n]))
        for colour in set(colours)
    }
    numbers = bytes(map(place.__getitem__, colours))
    rows = [b"\0" + numbers[n : n + width] for n in range(0, len(numbers), width)]
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data)
        for kind, data in [
            (b"IHDR", head),
            (b"PLTE", b"".join(palette)),
            (b"IDAT", zlib.compress(b"".join(rows), 9)),
            (b"IEND", b""),
        ]
    )


def distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return (
        struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
    )


def ico(pictures: dict[int, bytes]) -> bytes:
    """PNGs by their size, in one file: a directory, then the pictures as they are."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    place = len(head) + 16 * len(pictures)
    for size, png in pictures.items():
        head += struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(png), place)
        place += len(png)
    return head + b"".join(pictures.values())


def write(file: Path, data: bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(data)
    print(file.relative_to(BASE_DIR), len(data))


if __name__ == "__main__":
    main()
