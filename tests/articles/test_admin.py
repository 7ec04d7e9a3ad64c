import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from articles.models import Article, Media, Note, Point, Section, SiteSettings
from tests.factories import make_article, make_comment, make_media, make_section


@pytest.mark.parametrize(
    "model",
    ["article", "section", "topic", "author", "media", "note", "page", "sitesettings"],
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


def test_publishing_without_a_date_is_refused_with_a_sentence(admin_client, db):
    article = make_article(status="draft", published_at=None)
    url = reverse("admin:articles_article_change", args=[article.pk])
    form = inline_form(admin_client.get(url))
    form["status"] = "published"

    response = admin_client.post(url, form)

    assert "needs a publication date" in response.content.decode()


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


def test_a_point_that_its_section_cannot_show_is_refused(admin_client, site):
    section = Section.objects.get(kind="benefits")
    url = reverse("admin:articles_section_change", args=[section.pk])

    point = inline_form(admin_client.get(url)) | {"points-0-kind": "contraindication"}
    html = admin_client.post(url, point).content.decode()
    assert "A benefits section has no place for a contraindication." in html
    kind = inline_form(admin_client.get(url)) | {"kind": "text"}
    html = admin_client.post(url, kind).content.decode()
    assert "points that its new kind cannot show" in html


def test_a_new_section_without_a_position_goes_to_the_end(db):
    article = make_article()

    positions = [make_section(article).position for _ in range(3)]

    assert positions == [1, 2, 3]


def test_a_media_item_with_comments_stays_in_its_article(admin_client, db):
    item = make_media(make_article())
    make_comment(item.article, media=item)
    url = reverse("admin:articles_media_change", args=[item.pk])
    form = inline_form(admin_client.get(url)) | {"article": make_article().pk}

    assert admin_client.post(url, form).status_code == 302

    assert Media.objects.get() == item
    assert Media.objects.get().article == item.article


def test_the_settings_are_one_row_that_can_not_be_deleted(admin_client, site):
    assert (
        admin_client.get(reverse("admin:articles_sitesettings_add")).status_code == 403
    )
    row = SiteSettings.objects.get()
    delete = reverse("admin:articles_sitesettings_delete", args=[row.pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403


def inline_form(response):
    """What a browser would send back of an admin form as it stands."""
    adminform = response.context["adminform"].form
    forms = [adminform]
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    values = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if callable(value):
                value = value()
            if isinstance(value, bool):
                if value:
                    values[bound.html_name] = "on"
            elif isinstance(value, list):
                values[bound.html_name] = [getattr(one, "pk", one) for one in value]
            elif hasattr(bound.field.widget, "widgets"):
                parts = bound.field.widget.decompress(value)
                for n, part in enumerate(parts):
                    values[f"{bound.html_name}_{n}"] = "" if part is None else str(part)
            elif value is not None:
                # A browser sends the line ends of the network.
                text = isinstance(value, str)
                values[bound.html_name] = value.replace("\n", "\r\n") if text else value
    return values


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


@pytest.mark.parametrize("path", ["admin", "articles", "subscribe", "search"])
def test_a_page_cannot_take_an_address_of_the_site(admin_client, db, path):
    url = reverse("admin:articles_page_add")

    response = admin_client.post(url, {"path": path, "title": "T", "text": "x"})

    assert "The site uses this address itself" in response.content.decode()
