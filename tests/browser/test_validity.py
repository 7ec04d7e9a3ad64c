"""The Nu HTML checker finds nothing: in every page, in the stylesheets, in the drawings."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.pages import Documents
from tests.running import BASE_DIR

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

JAR = BASE_DIR / "var" / "vnu.jar"
# What the checker's CSS does not know yet, said in words that it knows, so that the rest of
# the rule is still checked. Nothing that it says is ever filtered out.
NOT_KNOWN_YET = [
    (r"@container (?:\w+ )?\(", "@media ("),
    (r"(?<![\w-])container: \w+ / inline-size;", ""),
    (r"(?<=\d)cqi\b", "vw"),
    (r"clip-path: path\([^)]*\);", "clip-path: none;"),
    (r"@view-transition \{ navigation: auto; \}", ""),
]


def test_the_nu_checker_finds_no_error_and_no_warning(
    documents: Documents, tmp_path: Path
) -> None:
    java = shutil.which("java")
    if java is None or not JAR.exists():
        pytest.skip("No Nu HTML checker here: install Java 17, then `make vnu`.")
    for name, answer in documents.items():
        (tmp_path / f"{name}.html").write_bytes(answer.body)
    for path in (BASE_DIR / "static" / "css").glob("*.css"):
        (tmp_path / path.name).write_text(in_known_words(path.read_text()))
    for path in (BASE_DIR / "static" / "svg").glob("*.svg"):
        shutil.copy(path, tmp_path)

    check = [java, "-jar", JAR, "--Werror", "--also-check-css", "--also-check-svg"]
    done = subprocess.run(
        [*check, tmp_path], capture_output=True, text=True, timeout=120, check=False
    )

    assert done.stderr.replace(f"file:{tmp_path}/", "") == ""
    assert done.returncode == 0


def in_known_words(css: str) -> str:
    for pattern, words in NOT_KNOWN_YET:
        css = re.sub(pattern, words, css)
    return css
