import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from articles.models import Article, Note, Point, Section, SiteSettings
from tests.factories import make_article, make_comment


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


def test_only_who_may_approve_sets_a_notes_status(client, site):
    editor = User.objects.create_user("editor", password="x", is_staff=True)
    editor.user_permissions.set(
        Permission.objects.filter(codename__in=["change_note", "view_note"])
    )
    client.force_login(editor)
    note = Note.objects.get(kind="callout")
    url = reverse("admin:articles_note_change", args=[note.pk])
    form = inline_form(client.get(url)) | {"status": "draft", "heading": "Careful"}

    assert client.post(url, form).status_code == 302

    note.refresh_from_db()
    assert (note.heading, note.status) == ("Careful", "approved")


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
                values[bound.html_name] = value
    return values
