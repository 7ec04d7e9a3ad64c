"""axe-core finds nothing to complain of: every page, both themes, three widths, all unfolded."""

import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page as Tab

from tests.browser.pages import PAGES, FilledSite, visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

HERE = Path(__file__).parent
AXE = (HERE / "vendor" / "axe.min.js").read_text(encoding="utf-8")
UNSURE = tomllib.loads((HERE / "unsure.toml").read_text(encoding="utf-8"))["unsure"]
WIDTHS = [320, 768, 1280]
SCHEMES = ["light", "dark"]
TAGS = [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice",
]  # fmt: skip
UNFOLD = (
    "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
)
# What fades is looked at when it has faded.
RUN = """async (tags) => {
  document.getAnimations().forEach((one) => one.finish());
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags},
    rules: {"target-size": {enabled: true}},
    resultTypes: ["violations", "incomplete"],
  });
  const plain = (rules) => rules.flatMap((rule) => rule.nodes.map((node) => ({
    rule: rule.id,
    where: node.target.join(" "),
    html: node.html.slice(0, 200),
    what: [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; "),
  })));
  return [plain(found.violations), plain(found.incomplete)];
}"""


class Finding(NamedTuple):
    rule: str
    what: str
    where: str
    html: str


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_fault_and_is_unsure_only_where_we_say_why(
    full_site: FilledSite, tab: Tab, name: str
) -> None:
    visit(tab, full_site, PAGES[name])
    tab.evaluate(UNFOLD)
    tab.evaluate(AXE)
    wrong: dict[Finding, list[str]] = {}
    unsure: dict[Finding, list[str]] = {}
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            tab.emulate_media(color_scheme=scheme)
            violations, incomplete = tab.evaluate(RUN, TAGS)
            for found, at in ((violations, wrong), (incomplete, unsure)):
                for one in found:
                    at.setdefault(Finding(**one), []).append(f"{scheme} {width}")

    assert wrong == {}
    assert {one: at for one, at in unsure.items() if not is_explained(one)} == {}


def is_explained(finding: Finding) -> bool:
    return any(
        finding.rule == one["rule"]
        and finding.what == one["what"]
        and one["html"] in finding.html
        for one in UNSURE
    )


def test_every_explanation_is_complete() -> None:
    assert all(set(one) == {"rule", "what", "html", "why"} for one in UNSURE)
