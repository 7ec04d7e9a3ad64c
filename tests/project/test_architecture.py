"""Imports go one way: wiring -> comments, subscriptions -> articles, outbox -> footcare.lib."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ALLOWED = {
    "footcare/lib": {"footcare.lib"},
    "articles": {"articles", "footcare.lib"},
    "outbox": {"outbox", "footcare.lib"},
    "comments": {"comments", "articles", "outbox", "footcare.lib"},
    "subscriptions": {"subscriptions", "articles", "outbox", "footcare.lib"},
    "footcare": {
        "footcare", "footcare.lib", "articles", "outbox", "comments", "subscriptions",
    },
}  # fmt: skip
OURS = {
    "footcare",
    "articles",
    "outbox",
    "comments",
    "subscriptions",
    "tests",
    "benchmarks",
}


def imports_of(source):
    """Our own packages that a module imports, as the names of ALLOWED."""
    modules = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {
        "footcare.lib"
        if f"{module}.".startswith("footcare.lib.")
        else module.split(".")[0]
        for module in modules
        if module.split(".")[0] in OURS
    }


def sources_of(package):
    for path in sorted((ROOT / package).rglob("*.py")):
        if package != "footcare" or "lib" not in path.relative_to(ROOT / package).parts:
            yield path


@pytest.mark.parametrize("package", ALLOWED)
def test_package_imports_only_what_it_may(package):
    breaches = {
        str(path.relative_to(ROOT)): sorted(used - ALLOWED[package])
        for path in sources_of(package)
        if (used := imports_of(path.read_text(encoding="utf-8"))) - ALLOWED[package]
    }

    assert breaches == {}


def test_every_package_of_ours_is_in_the_table():
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert packages == {name for name in ALLOWED if "/" not in name}


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("articles", "from comments.models import Comment"),
        ("articles", "import comments.models"),
        ("articles", "from outbox import composing"),
        ("comments", "from subscriptions.models import Subscriber"),
        ("outbox", "from articles.models import Article"),
        ("footcare/lib", "from footcare import settings"),
        ("subscriptions", "def late():\n    from comments import moderation"),
    ],
)
def test_a_wrong_import_would_be_noticed(package, line):
    assert imports_of(line) - ALLOWED[package]


def test_worker_jobs_exist(settings):
    from django.utils.module_loading import import_string

    assert all(callable(import_string(path)) for path, _ in settings.WORKER_JOBS)
