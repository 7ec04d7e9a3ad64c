"""Every text of the site is translated, in each language that it ships."""

import gettext
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from articles.seed import CONTENT
from tests.project.catalogues import CATALOGUES, LANGUAGES, ROOT, entries, entries_of

every_language = pytest.mark.parametrize("language", LANGUAGES)
every_catalogue = pytest.mark.parametrize("path", CATALOGUES, ids=LANGUAGES)


def test_the_languages_to_choose_from_are_those_with_a_catalogue(settings):
    assert sorted(dict(settings.LANGUAGES)) == sorted(["en", *LANGUAGES])


@every_catalogue
def test_every_text_is_translated_and_no_translation_is_a_guess(path):
    header, *texts = entries(path)
    forms = int(re.search(r"nplurals=(\d)", header.translations[0])[1])

    unfinished = [
        entry.msgid
        for entry in texts
        if entry.is_unsure
        or len(entry.translations) != (forms if entry.plural else 1)
        or not all(entry.translations)
    ]

    assert texts
    assert unfinished == []


@every_language
def test_the_catalogue_holds_the_texts_of_the_sources_and_no_others(language, tmp_path):
    if not (shutil.which("xgettext") and shutil.which("make")):
        pytest.skip("GNU gettext is not installed: apt-get install gettext")
    copy = tmp_path / "footcare"
    skipped = shutil.ignore_patterns(".*", "var", "tests", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=skipped)
    binaries = Path(sys.executable).parent

    subprocess.run(
        ["make", "--assume-old=.venv/run.stamp", f"BIN={binaries}", "messages"],
        cwd=copy,
        env={"PATH": os.environ["PATH"]},
        check=True,
        capture_output=True,
    )

    fresh = entries(copy / "locale" / language / "LC_MESSAGES" / "django.po")
    assert {entry.key for entry in fresh if entry.msgid} == {
        entry.key for entry in entries_of(language)
    }


@every_catalogue
def test_what_the_site_reads_is_what_the_translator_wrote(path):
    with path.with_suffix(".mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)._catalog

    written = {}
    for entry in entries(path):
        key = f"{entry.context}\x04{entry.msgid}" if entry.context else entry.msgid
        if entry.plural:
            written |= {(key, n): text for n, text in enumerate(entry.translations)}
        else:
            written[key] = entry.translations[0]
    assert catalogue == written


@every_language
@pytest.mark.parametrize(
    "part", [r"%\(\w+\)[a-z]", r"%[a-z]", r"\{\w*\}", r"</?\w[^>]*>"]
)
def test_a_translation_keeps_placeholders_and_tags(language, part):
    def parts(text):
        return Counter(re.findall(part, text))

    changed = [
        (entry.msgid, text)
        for entry in entries_of(language)
        for text in entry.translations
        if parts(text) not in [parts(entry.msgid), parts(entry.plural or entry.msgid)]
    ]

    assert changed == []


def test_german_is_set_with_german_quotation_marks():
    texts = [text for entry in entries_of("de") for text in entry.translations]
    texts += [file.read_text(encoding="utf-8") for file in pages_of("de").values()]

    wrong = [
        text
        for text in texts
        if re.search("[\"'”\u2018]|--", re.sub("<[^>]*>", "", text))
        or text.count("„") != text.count("“")
    ]

    assert wrong == []


def pages_of(language):
    return {file.name: file for file in (CONTENT / "pages" / language).glob("*.md")}


@every_language
def test_every_page_ships_in_the_language_with_the_same_facts_and_parts(language):
    def parts(file):
        text = file.read_text(encoding="utf-8")
        return re.findall(r"\{\w+\}", text), re.findall(
            r"^(?:#+|-)", text, re.MULTILINE
        )

    theirs, ours = pages_of("en"), pages_of(language)

    assert len(theirs) >= 6
    assert set(ours) == set(theirs)
    for name, file in ours.items():
        assert sorted(parts(file)[0]) == sorted(parts(theirs[name])[0]), name
        assert parts(file)[1] == parts(theirs[name])[1], name


@every_language
def test_the_words_around_the_article_ship_in_the_language(language):
    def places(value, path=""):
        """Where the words of a content file stand."""
        if isinstance(value, dict | list):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            return {p for key, one in items for p in places(one, f"{path}.{key}")}
        return {path}

    english = json.loads((CONTENT / "foot-massage.json").read_text(encoding="utf-8"))
    ours = CONTENT / f"foot-massage.{language}.json"
    ours = places(json.loads(ours.read_text(encoding="utf-8")))

    # The seed writes these; besides them an empty label is the catalogue's.
    editorial = english["editorial"]
    written = {"words": english["words"], "editorial": {}}
    for part, keys in {
        "short_disclaimer": ["text"],
        "before_you_start": ["heading", "paragraphs", "items"],
        "figure": ["caption"],
        "plain_summary": ["sentences"],
    }.items():
        words = {key: editorial[part][key] for key in keys}
        if link := editorial[part].get("link"):
            words["link"] = {"text": link["text"]}
        written["editorial"][part] = words
    written["editorial"]["care_cards"] = [
        {"heading": card["heading"], "items": card["items"]}
        for card in editorial["care_cards"]
    ]
    written["editorial"]["labels"] = [{"default": editorial["labels"][0]["default"]}]
    assert ours == places(written)
