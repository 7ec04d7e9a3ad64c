from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article, Author, Media, Note, Point, Section
from tests.articles.forms import inline_form
from tests.factories import make_article, make_comment, make_media, make_section


@pytest.mark.parametrize(
    "model",
    [
        "article",
        "section",
        "topic",
        "author",
        "media",
        "note",
        "page",
        "source",
    ],
)
def test_every_list_and_form_of_the_admin_opens(admin_client, site, model):
    changelist = admin_client.get(reverse(f"admin:articles_{model}_changelist"))
    assert changelist.status_code == 200
    if model != "author":
        first = changelist.context["cl"].result_list[0]
        form = admin_client.get(
            reverse(f"admin:articles_{model}_change", args=[first.pk])
        )
        assert form.status_code == 200


def test_the_settings_of_the_site_open_at_their_form(admin_client, site):
    address = reverse("admin:articles_sitesettings_changelist")
    form = admin_client.get(address, follow=True)

    change = reverse("admin:articles_sitesettings_change", args=[1])
    assert form.redirect_chain == [(change, 302)]
    assert form.status_code == 200


def test_the_owner_edits_one_benefit_and_the_page_follows(admin_client, client, site):
    section = Section.objects.get(kind="benefits")
    form = inline_form(
        admin_client.get(reverse("admin:articles_section_change", args=[section.pk]))
    )
    form["points-0-text"] = "warms cold feet;"

    response = admin_client.post(
        reverse("admin:articles_section_change", args=[section.pk]), form
    )

    assert response.status_code == 302
    assert "warms cold feet;" in client.get("/articles/foot-massage/").content.decode()
    assert Point.objects.count() == 16


@pytest.mark.parametrize(
    ("reviewed", "due", "said"),
    [
        (None, None, "none yet"),
        (-9, None, "16 November 2026"),
        (-9, 1, "next one due on 26 November 2026"),
        (-9, 0, "next one due on 25 November 2026"),
        (-9, -1, "overdue since 24 November 2026"),
    ],
)
def test_the_list_of_articles_says_which_review_is_overdue(
    admin_client, db, monkeypatch, reviewed, due, said
):
    today = date(2026, 11, 25)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: today)
    day = {None: None} | {n: today + timedelta(days=n) for n in (-9, -1, 0, 1)}
    reviewer = Author.objects.create(name="Ada", slug="ada") if reviewed else None
    make_article(reviewer=reviewer, reviewed_on=day[reviewed], review_due=day[due])

    html = admin_client.get(reverse("admin:articles_article_changelist"))

    assert f"{said}</td>" in html.content.decode()


def test_the_owner_sorts_benefits_by_their_numbers(admin_client, client, site):
    section = Section.objects.get(kind="benefits")
    url = reverse("admin:articles_section_change", args=[section.pk])
    form = inline_form(admin_client.get(url))
    form["points-8-position"] = 0

    admin_client.post(url, form)

    html = client.get("/articles/foot-massage/").content.decode()
    assert html.index("get rid of insomnia") < html.index("improves blood circulation;")


def test_saving_the_article_in_the_admin_keeps_its_count_and_text(
    admin_client, client, site
):
    article = Article.objects.get()
    url = reverse("admin:articles_article_change", args=[article.pk])
    form = inline_form(admin_client.get(url))
    make_comment(article)  # while the form is open
    form["title"] = "Foot massage at home"

    response = admin_client.post(url, form)

    assert response.status_code == 302
    article.refresh_from_db()
    assert (article.title, article.comments_count) == ("Foot massage at home", 1)
    assert "\u00a0" in article.sections.first().text


if connection.vendor == "postgresql":  # SQLite lets in one writer at a time

    def test_saving_an_article_locks_its_media_before_it_as_a_comment_does(
        admin_client, db
    ):
        item = make_media(make_article())
        url = reverse("admin:articles_article_change", args=[item.article_id])
        form = inline_form(admin_client.get(url)) | {
            "title": "New",
            "media-0-title": "New",
        }

        with CaptureQueriesContext(connection) as queries:
            assert admin_client.post(url, form).status_code == 302

        taken = [
            table
            for statement in (query["sql"] for query in queries)
            for table in (Media._meta.db_table, Article._meta.db_table)
            if statement.startswith(f'UPDATE "{table}"')
            or (f'FROM "{table}"' in statement and "FOR NO KEY UPDATE" in statement)
        ]
        assert taken == ["articles_media", "articles_article", "articles_media"]


def test_saving_untouched_changes_no_character_of_the_author(admin_client, site):
    def texts():
        return list(Section.objects.order_by("pk").values_list("text", "html"))

    before = texts()
    for model, pk in [
        ("article", Article.objects.get().pk),
        ("section", Section.objects.first().pk),
    ]:
        url = reverse(f"admin:articles_{model}_change", args=[pk])
        form = inline_form(admin_client.get(url))
        assert any("\r\n" in value for value in form.values() if isinstance(value, str))
        assert admin_client.post(url, form).status_code == 302

    assert texts() == before


def test_a_section_that_is_deleted_takes_its_edited_heading_along(admin_client, site):
    article = Article.objects.get()
    label = Note.objects.get(kind="label")
    url = reverse("admin:articles_article_change", args=[article.pk])
    form = inline_form(admin_client.get(url))
    section = next(
        n for n in range(8) if str(form[f"sections-{n}-id"]) == str(label.section_id)
    )
    note = next(n for n in range(5) if str(form[f"notes-{n}-id"]) == str(label.pk))
    form |= {f"sections-{section}-DELETE": "on", f"notes-{note}-heading": "Edited"}

    assert admin_client.post(url, form).status_code == 302

    assert not Note.objects.filter(pk=label.pk).exists()


def test_a_new_section_without_a_position_goes_to_the_end(db):
    article = make_article()

    positions = [make_section(article).position for _ in range(3)]

    assert positions == [1, 2, 3]


def test_two_sections_swap_their_anchors_and_kinds_in_one_go(admin_client, site):
    article = Article.objects.get()
    url = reverse("admin:articles_article_change", args=[article.pk])
    form = inline_form(admin_client.get(url))
    by_anchor = {form.get(f"sections-{n}-anchor"): n for n in range(8)}
    one, two = by_anchor["benefits"], by_anchor["media"]
    form |= {
        f"sections-{one}-anchor": "media",
        f"sections-{one}-kind": "media",
        f"sections-{two}-anchor": "benefits",
        f"sections-{two}-kind": "text",
    }

    assert admin_client.post(url, form).status_code == 302

    assert article.sections.get(anchor="media").heading == "Benefits of foot massage"
