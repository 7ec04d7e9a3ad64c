"""Where the owner keeps rules and bans: what is refused, and how it is stored."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from comments.models import Ban, ModerationSettings, Rule, SavedReply, Scrutiny
from tests.factories import make_comment

TRY = "/admin/comments/rule/try/"


@pytest.fixture(autouse=True)
def _no_rules(db):
    Rule.objects.all().delete()


def add(client, model, **values):
    return client.post(reverse(f"admin:comments_{model}_add"), values)


def refusal(response, field="value"):
    assert response.status_code == 200
    return response.context["adminform"].form.errors.get(field, [])


def rule(**values):
    return {
        "kind": "word",
        "value": "viagra",
        "reason": "sells pills",
        "points": 60,
    } | values


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("word", "  VIAGRA ", "viagra"),
        ("word", "Free   Spins", "free spins"),
        ("word", "don't", "don't"),
        ("domain", "https://www.Spam.Example/page?x", "spam.example"),
        ("domain", "*.spam.example", "spam.example"),
        ("domain", ".shop", "shop"),
        ("domain", "b\u00fccher.example", "xn--bcher-kva.example"),
        ("pattern", "Take <NUMBER> mg", "take <number> mg"),
        ("pattern", "cure* … diabetes -not", "cure* … diabetes -not"),
    ],
)
def test_a_rule_is_stored_in_one_spelling(admin_client, kind, typed, stored):
    add(admin_client, "rule", **rule(kind=kind, value=typed))

    assert Rule.objects.get().value == stored


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("word", "cure*", "choose the kind"),
        ("word", "a|b", "choose the kind"),
        ("word", "one -two", "choose the kind"),
        ("word", "!!!", "no letter and no digit"),
        ("domain", "not a domain", "Write a domain"),
        ("domain", "a..b", "Write a domain"),
        ("domain", "https://", "Write a domain"),
        ("domain", "x" * 64, "Write a domain"),
        ("pattern", "(a+)+$", "no regular expression"),
        ("pattern", "^buy", "no regular expression"),
        ("pattern", "c*re", "stands at the beginning or the end"),
        ("pattern", "*", "no letter and no digit"),
        ("pattern", "ab*", "at least 3 letters"),
        ("pattern", "free-spin*", "at least 3 letters"),
        ("pattern", "… cure", "between two words"),
        ("pattern", "cure …", "between two words"),
        ("pattern", "a … b … c … d", "at most twice"),
        ("pattern", "<number>", "add a word"),
        ("pattern", "<num> mg", "in brackets is <number>"),
        ("pattern", "-not", "at least one word"),
        ("pattern", "gone &", "between two single words"),
        ("pattern", "& gone", "between two single words"),
        ("pattern", "all gone & gout", "between two single words"),
        ("pattern", "gone & … & gout", "between two single words"),
        ("pattern", "gone & free-spins", "no other signs"),
        ("word", "gone & gout", "choose the kind"),
        ("pattern", "a||b", "no letter and no digit"),
        ("pattern", "a b c d e f g h i j k l m", "at most 12"),
    ],
)
def test_a_rule_that_finds_nothing_or_could_be_slow_is_refused(
    admin_client, kind, typed, words
):
    response = add(admin_client, "rule", **rule(kind=kind, value=typed))

    (error,) = refusal(response)
    assert words in error
    assert not Rule.objects.exists()


def test_a_rule_is_written_once_whatever_its_case(admin_client):
    add(admin_client, "rule", **rule())

    response = add(admin_client, "rule", **rule(value="VIAGRA"))

    assert response.context["errors"]
    assert Rule.objects.count() == 1


@pytest.mark.parametrize("points", ["-1001", "1001", "9" * 30, "x"])
def test_points_that_no_score_holds_are_refused(admin_client, points):
    assert refusal(add(admin_client, "rule", **rule(points=points)), "points")


def test_points_are_changed_in_the_list(admin_client):
    one = Rule.objects.create(kind="word", value="viagra", reason="x", points=5)
    form = {
        "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": one.pk,
        "form-0-points": 70, "_save": "Save",
    }  # fmt: skip

    admin_client.post(reverse("admin:comments_rule_changelist"), form)

    one.refresh_from_db()
    assert (one.points, one.is_active, one.value) == (70, False, "viagra")


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("address", "Ada@Example.ORG", "ada@example.org"),
        ("address", "@Example.org", "@example.org"),
        ("network", "203.0.113.7/24", "203.0.113.0/24"),
        ("network", "203.0.113.7", "203.0.113.7/32"),
        ("network", "2001:DB8:0:0::1", "2001:db8::/64"),
        ("network", "2001:db8:1::/48", "2001:db8:1::/48"),
        ("network", "ab" * 32, "ab" * 32),
        ("word", "Casino", "casino"),
    ],
)
def test_a_ban_is_stored_in_one_spelling_with_who_made_it(
    admin_client, admin_user, kind, typed, stored
):
    add(admin_client, "ban", kind=kind, value=typed)

    ban = Ban.objects.get()
    assert (ban.value, ban.by, ban.until) == (stored, admin_user, None)


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("address", "ada@", "Write an address"),
        ("address", "ada", "Write an address"),
        ("address", "@", "Write an address"),
        ("network", "ada", "Write a network"),
        ("network", "203.0.113.0/33", "Write a network"),
        ("network", "0.0.0.0/0", "too wide"),
        ("network", "::/0", "too wide"),
        ("word", "cas*", "choose the kind"),
        ("word", "...", "choose the kind"),
    ],
)
def test_a_ban_that_means_nobody_or_everybody_is_refused(
    admin_client, kind, typed, words
):
    (error,) = refusal(add(admin_client, "ban", kind=kind, value=typed))

    assert words in error
    assert not Ban.objects.exists()


def test_a_ban_that_is_over_before_it_begins_is_refused(admin_client):
    day = timezone.localdate() - timedelta(days=1)

    response = add(admin_client, "ban", kind="word", value="casino", until=day)

    assert "past" in refusal(response, "until")[0]


def test_a_ban_that_is_over_can_still_be_changed(admin_client):
    day = timezone.localdate() - timedelta(days=1)
    ban = Ban.objects.create(kind="word", value="casino", until=day)
    address = reverse("admin:comments_ban_change", args=[ban.pk])

    admin_client.post(
        address, {"kind": "word", "value": "casino", "until": day, "note": "old"}
    )

    ban.refresh_from_db()
    assert (ban.note, ban.by) == ("old", None)


@pytest.mark.parametrize("model", ["rule", "ban", "savedreply"])
def test_every_list_and_form_opens_with_as_many_questions_for_one_row_as_for_three(
    admin_client, admin_user, model, django_assert_max_num_queries
):
    for number in range(3):
        Rule.objects.create(kind="word", value=f"word{number}", reason="x")
        Ban.objects.create(kind="network", value=f"{number}a" * 32, by=admin_user)
        SavedReply.objects.create(title=f"Title {number}", text="Hello.")
        with django_assert_max_num_queries(9):
            page = admin_client.get(reverse(f"admin:comments_{model}_changelist"))
        assert page.status_code == 200
    assert admin_client.get(reverse(f"admin:comments_{model}_add")).status_code == 200


def test_the_lines_are_one_row_that_cannot_cross(admin_client):
    lines = {"waits_at": 20, "spam_at": 80, "most_links": 2, "keep_network_days": 14}
    response = add(admin_client, "moderationsettings", **lines | {"spam_at": 20})
    assert "Spam must begin above what waits." in str(response.context["errors"])

    add(admin_client, "moderationsettings", **lines)

    assert ModerationSettings.load().waits_at == 20
    assert add(admin_client, "moderationsettings", **lines).status_code == 403
    delete = reverse("admin:comments_moderationsettings_delete", args=[1])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403


def test_an_owner_tries_a_text_and_nothing_is_stored(admin_client):
    Rule.objects.create(kind="word", value="viagra", reason="sells pills", points=60)

    page = admin_client.post(TRY, {"name": "Eve", "body": "Buy V.i.a.g.r.a"})

    html = page.content.decode()
    assert "100 points" in html
    assert "It goes to spam." in html
    assert "sells pills: viagra" in html
    assert "no-store" in page["Cache-Control"]
    assert not Scrutiny.objects.exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Lovely.", "No rule holds it."),
        ("Some casino.", "It waits for an editor."),
        ("Take <i>5</i> mg", "It waits for an editor, whoever wrote it."),
    ],
)
def test_the_answer_says_what_becomes_of_it(admin_client, body, words):
    Rule.objects.create(kind="word", value="casino", reason="x", points=30)
    Rule.objects.create(kind="pattern", value="take … mg", reason="dose", holds=True)

    html = admin_client.post(TRY, {"body": body}).content.decode()

    assert words in html
    assert "<i>5</i>" not in html


def test_an_empty_try_says_so_and_keeps_the_rest(admin_client):
    page = admin_client.post(TRY, {"name": "Eve", "body": " "})

    assert page.status_code == 422
    assert 'value="Eve"' in page.content.decode()
    assert admin_client.get(TRY).status_code == 200


def test_only_who_may_see_the_rules_may_try_them(client):
    assert client.get(TRY).status_code == 302
    editor = User.objects.create_user("ed", is_staff=True)
    client.force_login(editor)
    assert client.post(TRY, {"body": "x"}).status_code == 403
    editor.user_permissions.add(Permission.objects.get(codename="view_rule"))
    assert client.post(TRY, {"body": "x"}).status_code == 200


def test_the_list_of_bans_says_what_a_hash_is(admin_client):
    make_comment()
    Ban.objects.create(kind="network", value="ab" * 32)

    html = admin_client.get(reverse("admin:comments_ban_changelist")).content.decode()

    assert "(abababab…)</a>" in html
