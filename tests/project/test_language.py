"""Every word that the site says can be said in another language."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from comments import own
from comments.models import Comment
from outbox.models import Message
from subscriptions import joining, moving
from subscriptions.models import Request, Subscriber
from tests.factories import make_subscriber
from tests.project.wording import strangers

ROOT = Path(__file__).resolve().parents[2]
OUR_APPS = ["articles", "comments", "outbox", "subscriptions"]
OUR_MODELS = [
    model for app in OUR_APPS for model in apps.get_app_config(app).get_models()
]
ERRORS = [path.stem for path in sorted((ROOT / "templates").glob("[45]*.html"))]
IN_ADMIN = [model for model in OUR_MODELS if admin.site.is_registered(model)]


@pytest.mark.parametrize(
    "path",
    [
        "/", "/articles/", "/articles/?page=2", "/articles/full/", "/articles/closed/",
        "/articles/full/comments/", "/articles/closed/comments/", "/topics/",
        "/articles/full/comments/sent/", "/topics/six/", "/topics/seven/", "/5/", "/authors/eight/",
        "/subscribe/", "/subscribe/check/", "/preferences/", "/unsubscribe/x/", "/nowhere/",
        "/?a=%00",
    ],
)  # fmt: skip
def test_every_word_of_a_page_is_in_the_catalogue(client, numbers, path):
    assert strangers(client.get(path).content.decode()) == []


@pytest.mark.parametrize("code", ERRORS)
def test_every_word_of_an_error_page_is_in_the_catalogue(numbers, code):
    assert strangers(render_to_string(f"{code}.html", {"base": "bare.html"})) == []


def test_every_word_about_one_comment_or_item_is_in_the_catalogue(client, numbers):
    item, comment = numbers.media.first(), Comment.objects.visible().first()

    for path in [
        f"/articles/full/media/{item.pk}/",
        f"/articles/full/comments/?parent={comment.pk}",
        f"/articles/full/comments/?media={item.pk}",
        f"/articles/full/comments/{comment.pk}/report/",
        "/articles/full/comments/reported/?reason=health",
    ]:
        response = client.get(path)
        assert response.status_code == 200
        assert strangers(response.content.decode()) == [], path


def test_every_word_to_the_author_of_a_comment_is_in_the_catalogue(client, numbers):
    comment = Comment.objects.visible().first()
    asked = f"key={own.key_for(comment, is_author=True)}"

    for status in Comment.Status:
        Comment.objects.filter(pk=comment.pk).update(status=status, email="1@1.11")
        for page in ["sent", "own", "own/delete"]:
            response = client.get(f"/articles/full/comments/{page}/?{asked}")
            assert strangers(response.content.decode()) == [], (page, status)


LONG = {"name": "1" * 99, "email": "1" * 300, "body": "1\n" * 10_001}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/articles/full/comments/", {}),
        ("/articles/full/comments/", {"email": "1"}),
        ("/articles/full/comments/", LONG),
        ("/articles/full/comments/", {"name": "1", "body": "1", "parent": "99999"}),
        ("/articles/full/comments/", {"name": "1", "body": "1", "media": "99999"}),
        ("/articles/full/comments/", {"name": "1", "body": "1", "media": "x"}),
        ("/articles/closed/comments/", {"name": "1", "body": "1"}),
        ("/articles/full/comments/", {"name": "1", "body": "1", "follows": "x"}),
        ("/articles/full/comments/", {"name": "1", "body": "1", "follows": "thread"}),
        ("/subscribe/", {}),
        ("/subscribe/", {"email": "1", "website": "1", "topics": "1"}),
        ("/subscribe/", LONG),
        ("/subscribe/", {"email": "1@gmial.com"}),
        ("/subscribe/", {"email": "abuse@1.example"}),
        ("/subscribe/", {"email": "1@2.61"}),
    ],
)
def test_every_word_of_a_refusal_is_in_the_catalogue(client, numbers, path, form):
    response = client.post(path, form)

    assert response.status_code == 422
    assert strangers(response.content.decode()) == []


def test_every_word_of_a_hurried_reader_s_refusal_is_in_the_catalogue(client, numbers):
    for path in ["/articles/full/comments/", "/subscribe/"]:
        for _ in range(20):
            client.post(path)
        response = client.post(path)
        assert response.status_code == 429
        assert strangers(response.content.decode()) == []


def test_every_word_of_joining_and_leaving_is_in_the_catalogue(client, numbers):
    subscriber = Subscriber.objects.get()

    for url in [subscriber.confirm_url, subscriber.leave_url]:
        for ask in [client.get, client.post]:
            response = ask(url.removeprefix("http://testserver"))
            assert response.status_code == 200
            assert strangers(response.content.decode()) == []


def test_every_word_of_a_readers_settings_is_in_the_catalogue(client, numbers):
    subscriber = Subscriber.objects.get()
    page = subscriber.preferences_url.removeprefix("http://testserver")
    asked = Request.objects.create(email="b@c.example", moves=subscriber)
    address = moving.link_to(asked).removeprefix("http://testserver")

    def check(response, status=200):
        assert response.status_code == status
        assert strangers(response.content.decode()) == []

    for state in Subscriber.State.values:
        now = timezone.now()
        times = {f"{name}_at": now for name in ("confirmed", "left", "bounced")}
        Subscriber.objects.update(state=state, **times)
        for part in ("", "?done=saved", "?done=asked", "erase/"):
            check(client.get(page + part))
    Subscriber.objects.update(state="confirmed")
    check(client.post(page, {"paused_until": "1"}), 422)
    check(client.post(page, {"pace": "each", "paused_until": "2000-01-01"}), 422)
    check(client.post(f"{page}address/", {"email": "a@b.example"}), 422)
    check(client.get(address))
    check(client.post(address))
    Request.objects.update(email="other@c.example")
    make_subscriber(email="other@c.example", state="confirmed")
    check(client.post(address), 409)
    check(client.post(f"{page}erase/"))
    check(client.get(page), 410)


@pytest.mark.parametrize(
    "letter", ["confirm", "already", "welcome", "move", "taken", "moved"]
)
def test_every_word_of_a_mail_is_in_the_catalogue(numbers, letter):
    joining._post(letter, Subscriber.objects.get())

    mail = Message.objects.get()
    for text in [mail.subject, mail.text, mail.html]:
        assert strangers(text) == []


@pytest.mark.parametrize("model", IN_ADMIN, ids=lambda model: model.__name__)
def test_every_word_of_ours_in_the_admin_is_in_the_catalogue(
    admin_client, numbers, model, monkeypatch
):
    monkeypatch.setattr(admin.site, "site_header", "0")
    monkeypatch.setattr(admin.site, "site_title", "0")
    User.objects.filter(username="admin").update(username="0")
    joining._post("welcome", Subscriber.objects.get())
    name, pk = model._meta.label_lower.replace(".", "_"), model.objects.first().pk

    pages = [
        "/admin/",
        reverse(f"admin:{name}_changelist"),
        reverse(f"admin:{name}_changelist") + "?status=all",
        reverse(f"admin:{name}_add"),
        reverse(f"admin:{name}_change", args=[pk]),
        reverse(f"admin:{name}_history", args=[pk]),
    ]
    for path in pages:
        html = admin_client.get(path, follow=True).content.decode()
        # Django's own templates name their pictures in English.
        assert set(strangers(html)) <= {"Search", "True", "False"}, path


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_every_label_of_a_model_is_its_own_and_translatable(model):
    meta = model._meta
    labels = {name: meta.original_attrs.get(name) for name in ["verbose_name", "verbose_name_plural"]}  # fmt: skip
    for field in [*meta.fields, *meta.many_to_many]:
        if not field.primary_key:
            labels[field.name] = field._verbose_name
            labels[f"{field.name} help"] = field.help_text or None
            labels |= {f"{field.name} {v}": label for v, label in field.choices or []}
    for rule in meta.constraints:
        if rule.violation_error_message != rule.default_violation_error_message:
            labels[rule.name] = rule.violation_error_message

    plain = {
        name: label
        for name, label in labels.items()
        if not isinstance(label, Promise) and not (name.endswith(" help") and not label)
    }

    assert plain == {}


@pytest.mark.parametrize("app", OUR_APPS)
def test_every_app_has_a_translatable_name(app):
    assert isinstance(apps.get_app_config(app).verbose_name, Promise)


def plain_messages(source):
    """Messages for people that a module writes down without asking a catalogue."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in calls:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        place = {"ValidationError": 0, "add_error": 1, "message_user": 1}.get(name)
        if place is not None and len(call.args) > place:
            message = call.args[place]
            if isinstance(message, ast.JoinedStr) or (
                isinstance(message, ast.Constant) and message.value
            ):
                yield ast.unparse(message)


@pytest.mark.parametrize("app", [*OUR_APPS, "footcare"])
def test_every_message_of_a_form_or_of_the_admin_is_in_the_catalogue(app):
    modules = [path.read_text(encoding="utf-8") for path in (ROOT / app).rglob("*.py")]

    assert [words for module in modules for words in plain_messages(module)] == []


def test_a_plain_message_would_be_noticed():
    module = 'form.add_error(None, "No.")\nraise ValidationError(f"No {x}.", "no")'

    assert len(list(plain_messages(module))) == 2


TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
# What is no text: comments, what is translated, code, and tags but for what they say.
_NO_TEXT = [
    r"\{% block bodyclass %\}.*?\{% endblock %\}",
    r"\{#.*?#\}",
    r"</?\{\{[^>]*>",
    r"\{% blocktranslate.*?endblocktranslate %\}",
    r"\{%(?:(?!%\}).)*%\}",
    r"\{\{.*?\}\}",
    r"<style>.*?</style>",
    r"<kbd>.</kbd>",
    r"\?do=\w+",
    r"<!doctype html>",
]


def words_in(template):
    """Words that a template says without asking a catalogue."""
    defaults = re.findall(r'default(?:_if_none)?:"([^".]*)"', template)
    for pattern in _NO_TEXT:
        template = re.sub(pattern, "", template, flags=re.DOTALL)
    return strangers(f"{template} {' '.join(defaults)}")


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_a_template_has_no_words_of_its_own(path):
    assert words_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Words</p>",
        '<a aria-label="Words"></a>',
        '<meta name="description" content="{{ x }} Words">',
        '{{ x|default:"Words" }}',
        '{% translate "These" %} Words',
    ],
)
def test_words_of_a_templates_own_would_be_noticed(template):
    assert words_in(template) == ["Words"]
