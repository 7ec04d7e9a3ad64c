"""What the tests of the search ask of the database."""

from django.db import connection

from articles import search_index
from articles.search import search


def wrong():
    return search_index.rebuild(repair=False, thorough=True)


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def finds(*words):
    return [search(word).count for word in words]


# title, summary, heading, text, points; the numbers stand for the articles below.
CORPUS = [
    ("Foot massage", "What it does for tired feet.", "Benefits", "Warm oil, slow thumbs.", []),
    ("Choosing an oil", "For a foot massage at home.", "Labels", "Cold pressed is best.", []),
    ("Rest", "An hour off.", "Massage before sleep", "Lie down. Breathe.", []),
    ("Walking barefoot", "On grass.", "Beginning", "A massage for free.", ["Don’t run."]),
    ("Füße pflegen", "Für müde Füße.", "Die Übung", "Öl und Ruhe, naïve Idee.", []),
    ("足のマッサージ", "日本語の記事。", "効果", "血行を良くします。", []),
    ("นวดเท้า", "การนวดเท้าช่วยผ่อนคลาย", "", "น้ำมันอุ่น ๆ", []),
    ("Здоровые стопы", "Массаж стоп.", "", "Ёжик в тумане.", []),
    ("Emoji 👣 day", "Feet 👣👍🏽 all day", "", "50% off, 3.5 km, C++ and a_b", []),
    ("Don't stand", "The o'clock rule: they're 15000 points", "", "L’eau de foot's", []),
    ("Diseases of the skin", "Diabetic and not.", "", "Rubbing, running, hoping.", ["an injury"]),
    ("Ångström & Co <b>", "AT&T; &amp; <i>lt</i>", "", "[the study](https://example.org/x) *so*", []),
]  # fmt: skip
