"""What becomes of the corpus under the rules that a new site begins with."""

from collections import Counter
from dataclasses import dataclass

from django.core.management import call_command

from comments.models import ModerationSettings
from comments.scoring import Draft, Verdict, judge
from tests.comments.corpus import Sample, samples
from tests.factories import make_article

GROUPS = ("spam", "honest", "health", "near")
LATER = (
    "later_spam",
    "later_honest",
    "later_health",
    "later_near",
    "last_health",
    "last_near",
)
HEAD = "| comments | number | passed | held | spam |\n| --- | --- | --- | --- | --- |"
RIGHT = {
    "spam": {"held", "spam"},
    "honest": {"passed"},
    "health": {"held", "spam"},
    "near": {"passed"},
}


@dataclass(frozen=True)
class Outcome:
    sample: Sample
    verdict: Verdict
    becomes: str  # what a writer's comment becomes who does not wait anyway


def outcomes(group: str, article) -> list[Outcome]:
    """Each comment of ``group`` as a stranger's first one on ``article``."""
    lines = ModerationSettings.load()
    found = []
    for sample in samples(group):
        verdict = judge(
            Draft(article=article, name=sample.name, email="", body=sample.body)
        )
        if verdict.score >= lines.spam_at:
            becomes = "spam"
        elif verdict.holds or verdict.score >= lines.waits_at:
            becomes = "held"
        else:
            becomes = "passed"
        found.append(Outcome(sample, verdict, becomes))
    return found


def held_by_score(found: list[Outcome]) -> int:
    """How many wait for their points, and not because an editor must look."""
    line = ModerationSettings.load().waits_at
    return sum(o.becomes == "held" and o.verdict.score >= line for o in found)


def table(group: str, found: list[Outcome]) -> list[str]:
    """Lines of Markdown: one a kind, and their sum."""
    kinds = dict.fromkeys(o.sample.kind for o in found)
    counts = {
        kind: Counter(o.becomes for o in found if o.sample.kind == kind)
        for kind in kinds
    }
    counts["all"] = Counter(o.becomes for o in found)
    return [
        f"| {group}: {kind} | {count.total()} | {count['passed']} | {count['held']} | {count['spam']} |"
        for kind, count in counts.items()
    ]


def main(group: str = "") -> None:
    call_command("migrate", verbosity=0)
    article = make_article(title="Foot massage")
    if group:
        return tell_wrong(group, article)
    for title, chosen in (
        ("Tuned on", {"is_held_out": False}),
        ("Held out", {"is_held_out": True}),
        ("Written later", None),
    ):
        print(f"\n{title}:\n\n{HEAD}")
        for one in GROUPS if chosen else LATER:
            found = outcomes(one, article)
            if chosen:
                found = [
                    o for o in found if o.sample.is_held_out == chosen["is_held_out"]
                ]
            print("\n".join(table(one, found)))
            if "honest" in one:
                print(
                    f"| {one}: held by score | {len(found)} | | {held_by_score(found)} | |"
                )


def tell_wrong(group: str, article) -> None:
    for o in outcomes(group, article):
        if not o.sample.is_held_out and o.becomes not in RIGHT[group]:
            print(
                o.becomes,
                o.verdict.score,
                o.sample.kind,
                "|",
                o.sample.name,
                "|",
                o.sample.body,
            )
            print("    ", o.verdict.reasons)
