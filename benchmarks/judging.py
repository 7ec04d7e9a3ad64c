"""What it costs to judge a comment: `python -m benchmarks.judging`.

CPU ms of `judge` with the rules that a new site begins with, the least of seven, on texts of
10,000 and 20,000 characters that are made to be slow. A ratio of about 2 says that the time
grows with the text and no faster. Seen to fail: with an unbounded gap in patterns the last
texts take seconds.
"""

import os
from itertools import cycle, islice
from time import process_time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["DATABASE_URL"] = "sqlite://:memory:"

import django

django.setup()

# Django first: what follows has models.
from django.core.management import call_command  # noqa: E402

from comments.models import Rule  # noqa: E402
from comments.scoring import Draft, judge  # noqa: E402
from footcare.lib.text import clean_text  # noqa: E402
from tests.factories import make_article  # noqa: E402

LENGTH = 20_000


def texts() -> dict[str, str]:
    words = " ".join(
        Rule.objects.exclude(kind="domain").values_list("value", flat=True)
    )
    every = [word for part in words.split() for word in part.split("|")]
    every = [word.strip("*-") for word in every if word not in {"…", "<number>"}]
    first = [one.split()[0].split("|")[0].strip("*") for one in Rule.objects.filter(
        kind="pattern").values_list("value", flat=True)]  # fmt: skip
    return {
        "honest": "I stood all day and my feet hurt, so we tried it at home. ",
        "every word of every rule": " ".join(every) + " ",
        "beginnings of patterns": " ".join(first) + " ",
        "one beginning": "take ",
        "beginning and gap": "take a b c d e ",
        "numbers": "1 2 3 4 5 mg ",
        "digits": "0123 456-789/",
        "dots": ".",
        "dots and letters": "a.",
        "dots and a letter more": "a.a.a.aa.",
        "spaces between letters": "a b c ",
        "one long word": "a",
        "hosts": "a.xyz ",
        "hosts in other letters": "bü.xyz ",
        "a host that does not end": "a.b-",
        "mail addresses": "a@b.de ",
        "link code": "<a [url=",
        "schemes": "://",
        "two alphabets": "v\u0456",
        "hidden": "a\u200bb",
        "marks": "a\u0301\u0323\u0308",
        "one sign that folds into eighteen": "\ufdfa",
        "no spaces": "足",
        "unless": "cures cancer not ",
        "shouting": "BUY NOW ",
        "brackets": "((((",
        "consonants": "bcdfgh ",
        "dot and at": " dot at dot ",
    }


def cost(text: str, article) -> float:
    times = []
    for _ in range(7):
        begin = process_time()
        judge(Draft(article=article, name="Ada", email="a@example.org", body=text, network="192.0.2.1/32"))  # fmt: skip
        times.append(process_time() - begin)
    return min(times) * 1000


def main() -> None:
    call_command("migrate", verbosity=0)
    article = make_article()
    usual = "I stood all day and my feet hurt, so we tried it at home. " * 9
    print(f"A comment of {len(usual)} characters: {cost(usual, article):.1f}\n")
    print(
        "| text | CPU ms, 10,000 characters | 20,000 | ratio |\n| --- | --- | --- | --- |"
    )
    for name, part in texts().items():
        whole = clean_text("".join(islice(cycle(part), LENGTH)))
        half, full = cost(whole[: LENGTH // 2], article), cost(whole, article)
        print(f"| {name} | {half:.1f} | {full:.1f} | {full / half:.2f} |")


if __name__ == "__main__":
    main()
