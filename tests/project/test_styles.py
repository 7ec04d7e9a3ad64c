"""The colours of the tokens, and that no rule knows left from right."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
BASE = (CSS / "base.css").read_text(encoding="utf-8").split("prefers-contrast")[0]
THEMES = ["light", "dark"]
GROUNDS = ["paper", "sheet", "soft", "panel", "clay-wash"]
ZONES = ["z1", "z2", "z3", "z4", "z5"]
# Text and ground, and what WCAG asks: 7 for running text (AAA), 4.5 for all other text, 3 for
# controls and drawings.
PAIRS = [
    *(("ink", ground, 7) for ground in GROUNDS),
    ("muted", "paper", 7),
    ("muted", "sheet", 7),
    ("muted", "soft", 4.5),
    ("muted", "panel", 4.5),
    *(("clay", ground, 4.5) for ground in GROUNDS),
    ("sage", "paper", 4.5),
    ("sage", "sheet", 4.5),
    ("paper", "ink", 7),
    ("paper", "clay", 4.5),
    ("edge", "paper", 3),
    ("edge", "sheet", 3),
    ("edge", "soft", 3),
    ("edge", "panel", 3),
    ("sage", "soft", 3),
    *(("ink", zone, 4.5) for zone in [*ZONES, "sole"]),
]


def token(name: str, theme: str) -> str:
    """The colour of ``--name``: the later rule, with both themes, wins."""
    light, dark = re.search(
        rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\);", BASE
    ).groups()
    return light if theme == "light" else dark


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground", "wanted"), PAIRS)
def test_the_palette_has_contrast_in_both_themes(text, ground, wanted, theme):
    assert contrast(token(text, theme), token(ground, theme)) >= wanted


def test_contrast_is_measured_as_wcag_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_a_browser_without_two_themes_shows_the_light_one():
    plain = dict(re.findall(r"--([\w-]+): (#\w{6});", BASE))
    both = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}),", BASE))

    assert both == {name: plain[name] for name in both}


def test_the_browsers_own_frame_has_the_colour_of_the_paper():
    templates = CSS.parents[1] / "templates"
    html = (templates / "base.html").read_text(encoding="utf-8")
    colours = dict(re.findall(r'content="(#\w{6})" media="\(prefers-color-scheme: (\w+)', html))  # fmt: skip

    assert colours == {token("paper", theme): theme for theme in THEMES}
    for name in ("base.html", "bare.html"):
        html = (templates / name).read_text(encoding="utf-8")
        assert '<meta name="color-scheme" content="light dark">' in html


PHYSICAL = re.compile(
    r"(?:(?:margin|padding|border|scroll-margin|scroll-padding)-)?(?:left|right|top|bottom)"
    r"|(?:(?:min|max)-)?(?:width|height)"
)
HAS_A_SIDE = {"text-align", "float", "clear"}


def declarations(css: str) -> list[tuple[str, str]]:
    """Each property with its value, those in queries apart: a window has a width anyway."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"@(?:media|container|supports)[^{]*", "", css)
    return re.findall(r"[{;]\s*([\w-]+):\s*([^;{}]+)", css)


def knows_left_from_right(name: str, value: str) -> bool:
    if name in HAS_A_SIDE:
        return value.strip() in {"left", "right"}
    if name in {"margin", "padding", "inset", "border-width"}:
        sides = re.findall(r"(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+", value)
        return len(sides) == 4 and sides[1] != sides[3]
    return bool(PHYSICAL.fullmatch(name))


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_no_rule_knows_left_from_right(path):
    found = declarations(path.read_text(encoding="utf-8"))

    assert len(found) > 50
    assert [one for one in found if knows_left_from_right(*one)] == []


@pytest.mark.parametrize(
    ("rule", "knows"),
    [
        ("a { color: red; margin-left: 1px; }", True),
        ("a { left: 0; }", True),
        ("a{width: 1px}", True),
        ("a { text-align: right; }", True),
        ("a { inset: -6rem auto auto var(--gutter); }", True),
        ("a { margin: 0 calc(-1 * (1px + 2px)) 0 0 }", True),
        ("@media (min-width: 10rem) { a { float: left; } }", True),
        ("@media (min-width: 10rem) { a { inset-inline-start: 0; } }", False),
        ("a { text-align: start; padding: 1px 2px 3px; }", False),
    ],
)
def test_a_rule_that_does_would_be_noticed(rule, knows):
    assert any(knows_left_from_right(*one) for one in declarations(rule)) == knows


def test_no_template_holds_an_emergency_number():
    for path in (CSS.parents[1] / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(?:999|911|112)\b", text), path
