"""What is found in a comment, and what it becomes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from comments.forms import CommentForm
from comments.models import (
    Ban,
    Comment,
    ModerationSettings,
    Reader,
    Rule,
    Scrutiny,
)
from comments.scoring import Draft, judge, network_hash
from comments.scoring.fingerprint import fingerprint
from tests.factories import make_article, make_comment

LONG = (
    "When I was a child my grandmother came in from the fields and held her feet out to "
    "my grandfather, who put down his newspaper and rubbed them without a word."
)


STRANGER = "has a link, and nobody knows the writer yet"


@pytest.fixture
def article(db):
    # Only the rules that a test writes.
    Rule.objects.all().delete()
    return make_article()


def verdict_of(article, body="Lovely.", **values):
    draft = {"name": "Ada", "email": "", "body": body, "article": article}
    return judge(Draft(**draft | values))


def points(verdict):
    """Without those that every stranger's link has."""
    return [number for reason, number in verdict.reasons if reason != STRANGER]


def make_rule(value, kind="word", **values):
    return Rule.objects.create(
        **{"kind": kind, "value": value, "reason": "names it", "points": 40} | values
    )


def scrutinise(network="", status="visible", ago=timedelta(0), **values):
    comment = make_comment(status=status, **values)
    marks = fingerprint(comment.body)
    return Scrutiny.objects.create(
        comment=comment,
        network=network_hash(network),
        words_one=marks[0],
        words_two=marks[1],
        created_at=timezone.now() - ago,
    )


def test_nothing_is_found_in_plain_words(article):
    verdict = verdict_of(article, LONG)

    assert (verdict.score, verdict.reasons, verdict.holds) == (0, [], False)


def test_a_rule_adds_its_points_and_says_in_words_what_it_found(article):
    make_rule("viagra")

    verdict = verdict_of(article, "Cheap V.i.a.g.r.a here")

    assert ("names it: viagra", 40) in verdict.reasons


def test_the_name_is_looked_at_like_the_text(article):
    make_rule("viagra")

    assert verdict_of(article, name="Viagra").score == 40


def test_a_rule_that_is_off_finds_nothing(article):
    make_rule("viagra", is_active=False)

    assert verdict_of(article, "viagra").score == 0


def test_a_rule_below_zero_speaks_for_a_comment(article):
    make_rule("foot massage", points=-10)

    assert verdict_of(article, "Foot massage helps.").score == -10


def test_of_one_reason_the_three_strongest_rules_count(article):
    for value, number in [("one", 5), ("two", 20), ("three", 30), ("four", 10)]:
        make_rule(value, points=number)
    make_rule("five", reason="another", points=7)

    verdict = verdict_of(article, "One two three four five.")

    assert verdict.reasons == [("names it: three, two, four", 60), ("another: five", 7)]


def test_a_holding_rule_holds_without_points(article):
    make_rule("take <number> mg", kind="pattern", points=0, holds=True)

    verdict = verdict_of(article, "Take 400mg.")

    assert (verdict.score, verdict.holds) == (0, True)


def test_a_rule_written_past_the_form_is_passed_over(article):
    make_rule("a*b", kind="pattern")
    make_rule("<", kind="word")

    assert verdict_of(article, "a*b <").score == 0


def test_a_domain_is_found_itself_and_below_but_not_beside(article):
    make_rule("spam.example", kind="domain")

    for body in (
        "https://spam.example/x",
        "see SHOP.spam.example. https://shop.spam.example",
    ):
        assert sum(points(verdict_of(article, f"{body} {LONG}"))) == 40, body
    for body in ("https://notspam.example/", "https://spam.example.org/"):
        assert sum(points(verdict_of(article, f"{body} {LONG}"))) == 0, body


def test_a_domain_in_other_letters_is_found_in_punycode(article):
    make_rule("xn--bcher-kva.example", kind="domain")

    assert sum(points(verdict_of(article, f"https://b\u00fccher.example {LONG}"))) == 40


def test_an_ending_is_a_domain_too(article):
    make_rule("shop", kind="domain")

    assert sum(points(verdict_of(article, f"cheap-feet.shop {LONG}"))) == 40
    assert sum(points(verdict_of(article, f"I went to the shop. {LONG}"))) == 0


def test_the_domain_of_an_address_counts_for_rules_but_not_as_a_link(article):
    make_rule("spam.example", kind="domain")

    assert verdict_of(article, email="ada@spam.example").score == 40
    assert verdict_of(article, email="ada@other.example").score == 0


def test_links_beyond_the_owners_number_add_points(article):
    links = [f"https://site{number}.example/" for number in range(3)]

    assert sum(points(verdict_of(article, f"{LONG} {links[0]}"))) == 0
    assert points(verdict_of(article, f"{LONG} {' '.join(links)}")) == [50]
    ModerationSettings.objects.create(pk=1, most_links=3)
    assert sum(points(verdict_of(article, f"{LONG} {' '.join(links)}"))) == 0


def test_a_strangers_link_waits_unless_a_rule_speaks_for_its_host(article):
    body = f"{LONG} https://somewhere.example/"

    assert verdict_of(article, body).reasons == [(STRANGER, 30)]
    make_rule("somewhere.example", kind="domain", points=-5)
    assert verdict_of(article, body).reasons == []


def test_a_link_of_a_reader_who_is_known_is_no_reason(article):
    reader = Reader.objects.create(email="ada@example.org")
    body = f"{LONG} https://somewhere.example/"

    assert verdict_of(article, body, reader=reader).score == 30
    make_comment(article, reader=reader)
    assert verdict_of(article, body, reader=reader).score == -20


def test_many_links_have_an_end_of_points(article):
    many = " ".join(f"https://site{number}.example/" for number in range(500))

    assert points(verdict_of(article, f"{LONG} {many}")) == [100]


def test_a_domain_with_points_below_zero_may_be_linked_to(article):
    make_rule("good.example", kind="domain", points=-5)
    good = " ".join(["https://www.good.example/a"] * 5)

    assert verdict_of(article, good).score == 0
    # And does not pay for another one.
    other = "https://a.example https://b.example"
    assert points(verdict_of(article, f"{LONG} {good} {other}")) == [25]


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({"is_trapped": True}, 100),
        ({"name": "www.example.com"}, 60),
        ({"name": "cheap-shoes.store"}, 60),
        ({"name": "https://x"}, 60),
        ({"body": f"{LONG} [url=x]y[/url]"}, 60),
        ({"body": f'{LONG} <a href="x">y</a>'}, 60),
        ({"body": LONG.upper()}, 15),
        ({"body": f"{LONG} https://example.org".replace("field", "fi\u200beld")}, 40),
        ({"body": f"{LONG} fi\u0435lds"}, 40),
        ({"body": f"{LONG} C A S I N O"}, 40),
        ({"body": "Nice one https://example.org"}, 30),
        ({"body": "I liked what they say here: https://example.org"}, 20),
        ({"body": "asdkjh zxmnb qwrtpl"}, 40),
        (
            {"body": "Моя бабушка всегда говорила, что здоровье начинается с ног, и была права https://example.org"},  # noqa: RUF001
            40,
        ),
    ],
)  # fmt: skip
def test_what_a_comment_shows_by_its_form_adds_points(article, values, number):
    assert points(verdict_of(article, **{"body": LONG} | values)) == [number]


@pytest.mark.parametrize(
    "values",
    [
        {"name": "Dr. No"},
        {"name": "J.R.R. Tolkien"},
        {"name": "St.Pauli"},
        {"body": "THANK YOU!!!"},
        {"body": "Моя бабушка всегда говорила, что здоровье начинается с ног."},  # noqa: RUF001
        {"body": "The a, b, c and d of it"},
        {"body": "An Angstschweiß, a Borschtsch and Rhythm"},
        {"body": "20 μg/m³ and µm"},
        {"body": "👩\u200d⚕️ said so"},
        {"body": "می\u200cخواهم"},  # noqa: RUF001
        {"body": "Soft hy\u00adphens from a quo\u00adted page"},
    ],
)
def test_what_only_looks_like_a_trick_adds_nothing(article, values):
    assert verdict_of(article, **{"body": LONG} | values).score == 0


def test_an_article_in_another_script_expects_it(article):
    article.language = "ru"
    body = "Моя бабушка всегда говорила, что здоровье начинается с ног, и была права https://example.org"  # noqa: RUF001

    assert sum(points(verdict_of(article, body))) == 0


@pytest.mark.parametrize(
    "body",
    [
        "Write to ada@example.org please.",
        "Write to ada at example dot org please.",
        "Call 07700 900123",
        "Call +44 7700 900123 or so",
        "Call (555) 010-4477",
        "0151/23456789",
        "my number is 943 476 5919",
        "078-05-1120 is mine",
        "I was born on 4.7.1958.",
        "geb. 12.03.1949",
    ],
)
def test_what_tells_who_somebody_is_goes_to_a_human_without_points(article, body):
    verdict = verdict_of(article, body)

    assert (verdict.score, verdict.holds) == (0, True)


@pytest.mark.parametrize(
    "body",
    [
        "ISBN 978-3-16-148410-0",
        "ISBN 978 0141 439518",
        "I was born in 1951.",
        "On 04.07.2023 I read it.",
        "from 2019-2020, 2021-2022, 2023-2024",
        "15000 or 200000 nerve endings",
        "pages 112-118",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "https://pubmed.example.org/28152107/ 10.1002/14651858.CD001929",
        "It cost 1.299.000 euro",
    ],
)
def test_other_numbers_are_nobodys(article, body):
    assert not verdict_of(article, body).holds


def test_nearly_the_same_text_is_known_again_whatever_its_link(article):
    scrutinise(body=f"Dear friend! {LONG} https://one.example/?id=1", article=article)

    again = f"Dear friend, {LONG.lower()} http://two.example/?id=77 123"

    assert points(verdict_of(article, again)) == [40]
    assert (
        sum(
            points(
                verdict_of(
                    article, "Something else: the sea was calm, and we all slept well."
                )
            )
        )
        == 0
    )


def test_the_text_of_spam_is_spam_again(article):
    scrutinise(body=LONG, article=article, status="spam")

    assert verdict_of(article, LONG).score == 100


def test_the_same_few_words_are_no_repetition(article):
    scrutinise(body="Thank you very much!", article=article, status="spam")

    assert verdict_of(article, "Thank you very much!").score == 0


def test_a_repetition_is_forgotten_after_a_month(article):
    scrutinise(body=LONG, article=article, ago=timedelta(days=31))

    assert verdict_of(article, LONG).score == 0


def test_an_edited_comment_is_not_its_own_repetition(article):
    mine = scrutinise(body=LONG, article=article, network="192.0.2.7/32", status="spam")

    again = {"network": "192.0.2.7/32", "pk": mine.pk}
    assert verdict_of(article, LONG, **again).score == 0


@pytest.mark.parametrize(
    ("count", "ago", "number"),
    [(4, 0, 0), (5, 0, 15), (10, 0, 30), (20, 0, 60), (20, 3, 0), (30, 3, 30), (99, 30, 0)],
)  # fmt: skip
def test_many_comments_from_one_network_add_points(article, count, ago, number):
    for _ in range(count):
        scrutinise("192.0.2.7/32", article=article, ago=timedelta(hours=ago))

    assert verdict_of(article, network="192.0.2.7/32").score == number
    assert verdict_of(article, network="192.0.2.8/32").score == 0


def test_networks_of_which_nothing_is_known_are_not_one(article):
    for network in ("", "unknown"):
        for _ in range(10):
            scrutinise(network, article=article)
        assert verdict_of(article, network=network).score == 0


@pytest.mark.parametrize(("spam", "good", "number"), [(1, 0, 20), (3, 0, 40), (6, 0, 70), (1, 9, 0)])  # fmt: skip
def test_spam_from_a_network_is_remembered(article, spam, good, number):
    ago = timedelta(days=10)
    for status in ["spam"] * spam + ["visible"] * good:
        scrutinise("192.0.2.7/32", article=article, status=status, ago=ago)

    assert verdict_of(article, network="192.0.2.7/32").score == number


@pytest.mark.parametrize(("count", "number"), [(4, 0), (5, 15), (10, 30)])
def test_many_comments_under_one_address_add_points(article, count, number):
    for _ in range(count):
        make_comment(article, email="Ada@example.org")

    assert verdict_of(article, email="ADA@example.org").score == number


def test_spam_under_somebodys_address_says_nothing_against_its_holder(article):
    make_comment(article, email="ada@example.org", status="spam")

    assert verdict_of(article, email="ada@example.org").score == 0


@pytest.mark.parametrize(("count", "number"), [(0, 0), (1, -20), (3, -30), (10, -40)])
def test_approved_comments_of_a_reader_take_points_away(article, count, number):
    reader = Reader.objects.create(email="ada@example.org")
    for _ in range(count):
        make_comment(article, reader=reader)
    make_comment(article, reader=reader, status="waiting")

    assert verdict_of(article, reader=reader).score == number


TODAY = timezone.localdate


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("address", "ada@example.org"),
        ("address", "@example.org"),
        ("network", "192.0.2.0/24"),
        ("network", "192.0.2.7/32"),
        ("network", network_hash("192.0.2.7/32")),
        ("word", "lovely"),
        ("word", "lovely words"),
    ],
)
def test_a_banned_comment_goes_to_spam_and_says_why(article, kind, value):
    Ban.objects.create(kind=kind, value=value)
    reader = Reader.objects.create(email="ada@example.org")
    for _ in range(10):
        make_comment(article, reader=reader)

    verdict = verdict_of(
        article, "Lovely words.", email="Ada@example.org", network="192.0.2.7/32", reader=reader
    )  # fmt: skip

    assert verdict.score == 100
    assert any(reason.startswith("banned") for reason, _ in verdict.reasons)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("address", "eve@example.org"),
        ("address", "@example.com"),
        ("network", "192.0.3.0/24"),
        ("network", "2001:db8::/32"),
        ("network", network_hash("192.0.2.8/32")),
        ("network", "nonsense/nonsense"),
        ("word", "love"),
    ],
)
def test_a_ban_of_somebody_else_changes_nothing(article, kind, value):
    Ban.objects.create(kind=kind, value=value)

    who = {"email": "ada@example.org", "network": "192.0.2.7/32"}
    assert verdict_of(article, **who).score == 0
    assert verdict_of(article).score == 0


def test_a_ban_of_an_address_without_one_means_nobody(article):
    Ban.objects.create(kind="address", value="@")

    assert verdict_of(article).score == 0


def test_a_ban_reaches_all_of_an_ipv6_network(article):
    Ban.objects.create(kind="network", value="2001:db8::/48")

    assert verdict_of(article, network="2001:db8:0:7::/64").score == 100
    assert verdict_of(article, network="2001:db8:1:7::/64").score == 0


@pytest.mark.parametrize(("days", "score"), [(-1, 0), (0, 100), (1, 100), (None, 100)])
def test_a_ban_ends_after_its_last_day(article, days, score):
    until = None if days is None else timezone.localdate() + timedelta(days=days)
    Ban.objects.create(kind="word", value="lovely", until=until)

    assert verdict_of(article).score == score


def test_a_ban_reaches_the_line_that_the_owner_drew(article):
    ModerationSettings.objects.create(pk=1, waits_at=300, spam_at=500)
    Ban.objects.create(kind="word", value="lovely")

    assert verdict_of(article).score == 500


def test_the_number_of_questions_is_the_same_whatever_there_is(article):
    reader = Reader.objects.create(email="ada@example.org")
    values = {"email": "ada@example.org", "network": "192.0.2.7/32", "reader": reader}

    with CaptureQueriesContext(
        connection,
    ) as before:
        verdict_of(article, LONG, **values)
    for number in range(3):
        make_rule(f"word{number}")
        make_rule(f"site{number}.example", kind="domain")
        Ban.objects.create(kind="word", value=f"bad{number}")
        Ban.objects.create(kind="network", value=f"198.51.{number}.0/24")
        scrutinise("192.0.2.7/32", article=article, reader=reader, body=LONG, email="ada@example.org")  # fmt: skip
    with CaptureQueriesContext(connection) as after:
        verdict_of(article, f"{LONG} https://site1.example word1 " * 20, **values)

    assert len(before) == len(after) == 7


def sent(article, **values):
    words = {"name": "Ada", "email": "", "body": LONG, **values}
    form = CommentForm(words, article=article, network="192.0.2.7/32")
    return form.save_if_valid()


def test_a_comment_that_a_rule_finds_waits_or_is_spam_and_is_stored_with_reasons(
    article,
):
    article.comments_hold = "nobody"
    article.save()
    make_rule("casino", points=30)
    make_rule("viagra", points=100)

    assert sent(article).status == Comment.Status.VISIBLE
    waiting = sent(article, body="My casino is my castle.")
    spam = sent(article, body="Viagra")

    assert waiting.status == Comment.Status.WAITING
    assert Scrutiny.objects.get(comment=waiting).reasons == [["names it: casino", 30]]
    assert spam.status == Comment.Status.SPAM
    assert spam.scrutiny.score == 100


def test_the_same_words_sent_on_are_known_by_what_was_stored(article):
    sent(article)

    assert sent(make_article(), name="Eve").scrutiny.score >= 40


class AnyText(TestCase):
    """With the rules that a site begins with: none of them trips over any text."""

    def setUp(self):
        self.article = make_article()

    @given(name=st.text(max_size=80), body=st.text(), email=st.emails())
    def test_no_text_is_too_odd_to_be_judged(self, name, body, email):
        verdict = judge(Draft(self.article, name, email, body, "192.0.2.7/32"))

        assert isinstance(verdict.score, int)

    @given(
        body=st.lists(
            st.sampled_from(
                ["://", "www.", ".", "@", "[url=", "<", "\u200b", "\u0301", "dot", "xn--",
                 "com", "\ud800", "\x00", "0", "-", "(", " ", "\n", "к", "a", "足", "\ufdfa"]
            )
        ).map("".join)
    )  # fmt: skip
    def test_no_mixture_of_signs_is_too_odd_to_be_judged(self, body):
        assert isinstance(judge(Draft(self.article, body, "", body)).score, int)
