"""What the admin refuses, with a sentence and every word kept."""

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from articles.models import Article, Media, Note, Section, SiteSettings
from tests.articles.forms import inline_form
from tests.factories import make_article, make_comment, make_media


@pytest.fixture
def editor(client):
    """Somebody who writes notes and articles, and may not approve."""
    user = User.objects.create_user("editor", password="x", is_staff=True)
    names = [
        f"{verb}_{model}"
        for verb in ("add", "change", "view", "delete")
        for model in ("note", "article", "section")
    ]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return user


def test_who_may_not_approve_cannot_change_what_readers_see(client, site, editor):
    note = Note.objects.get(kind="callout")
    url = reverse("admin:articles_note_change", args=[note.pk])

    assert client.post(url, {"heading": "Go ahead"}).status_code == 403
    delete = reverse("admin:articles_note_delete", args=[note.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [note.pk], "post": "yes"}
    client.post(reverse("admin:articles_note_changelist"), form)
    article = client.get(
        reverse("admin:articles_article_change", args=[note.article_id])
    )
    names = [
        one.formset.prefix
        for one in article.context["inline_admin_formsets"]
        if one.has_change_permission
    ]
    assert names == ["sections"]
    assert Note.objects.get(kind="callout").heading == "Before you start"


def test_who_may_not_approve_writes_drafts(client, site, editor):
    note = Note.objects.create(article=Article.objects.get(), kind="label", heading="x")
    url = reverse("admin:articles_note_change", args=[note.pk])
    form = inline_form(client.get(url)) | {"status": "approved", "heading": "New"}

    assert client.post(url, form).status_code == 302

    note.refresh_from_db()
    assert (note.heading, note.status) == ("New", "draft")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"kind": "media"}, {"kind": "media"}], "one media section"),
        ([{"anchor": "same"}, {"anchor": "same"}], "has this anchor"),
        ([{"kind": "figure"}, {"kind": "figure"}], "One foot map"),
        ([{"anchor": "comments"}], "uses this name itself"),
        ([{"anchor": "Not an id"}], "small letters"),
    ],
)
def test_rows_that_collide_are_refused_and_every_word_is_kept(
    admin_client, db, rows, words
):
    article = make_article()
    url = reverse("admin:articles_article_change", args=[article.pk])
    form = inline_form(admin_client.get(url)) | {"sections-TOTAL_FORMS": len(rows)}
    for n, row in enumerate(rows):
        typed = {"position": 0, "kind": "text", "heading": f"Kept {n}", "text": "Kept."}
        form |= {f"sections-{n}-{name}": value for name, value in (typed | row).items()}

    response = admin_client.post(url, form)

    html = response.content.decode()
    assert response.status_code == 200
    assert words in html
    assert all(f'value="Kept {n}"' in html for n in range(len(rows)))
    assert not article.sections.exists()


def test_a_second_warning_is_refused_and_kept(admin_client, db):
    article = make_article()
    url = reverse("admin:articles_article_change", args=[article.pk])
    form = inline_form(admin_client.get(url)) | {"notes-TOTAL_FORMS": 2}
    for n in range(2):
        form |= {
            f"notes-{n}-kind": "callout",
            f"notes-{n}-position": 0,
            f"notes-{n}-heading": f"Kept {n}",
            f"notes-{n}-status": "draft",
        }

    html = admin_client.post(url, form).content.decode()

    assert "is enough" in html
    assert 'value="Kept 1"' in html


def test_a_point_that_its_section_cannot_show_is_refused(admin_client, site):
    section = Section.objects.get(kind="benefits")
    url = reverse("admin:articles_section_change", args=[section.pk])

    point = inline_form(admin_client.get(url)) | {"points-0-kind": "contraindication"}
    html = admin_client.post(url, point).content.decode()
    assert (
        "A section of the kind “Benefits” has no place for “Contraindication”." in html
    )
    kind = inline_form(admin_client.get(url)) | {"kind": "text"}
    html = admin_client.post(url, kind).content.decode()
    assert "points that its new kind cannot show" in html


def test_the_settings_are_one_row_that_can_not_be_deleted(admin_client, site):
    assert (
        admin_client.get(reverse("admin:articles_sitesettings_add")).status_code == 403
    )
    row = SiteSettings.objects.get()
    delete = reverse("admin:articles_sitesettings_delete", args=[row.pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("path", ["admin", "articles", "subscribe", "search"])
def test_a_page_cannot_take_an_address_of_the_site(admin_client, db, path):
    url = reverse("admin:articles_page_add")

    response = admin_client.post(url, {"path": path, "title": "T", "text": "x"})

    assert "The site uses this address itself" in response.content.decode()


def test_publishing_without_a_date_is_refused_with_a_sentence(admin_client, db):
    article = make_article(status="draft", published_at=None)
    url = reverse("admin:articles_article_change", args=[article.pk])
    form = inline_form(admin_client.get(url))
    form["status"] = "published"

    response = admin_client.post(url, form)

    assert "needs a publication date" in response.content.decode()


def test_a_media_item_with_comments_stays_in_its_article(admin_client, db):
    item = make_media(make_article())
    make_comment(item.article, media=item)
    url = reverse("admin:articles_media_change", args=[item.pk])
    form = inline_form(admin_client.get(url)) | {"article": make_article().pk}

    assert admin_client.post(url, form).status_code == 302

    assert Media.objects.get() == item
    assert Media.objects.get().article == item.article
