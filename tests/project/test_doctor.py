"""The doctor says in plain lines what keeps letters from going."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from footcare import doctor
from footcare.doctor import letters, site
from footcare.doctor.findings import Finding, Level
from outbox.models import Heartbeat, Message
from subscriptions.letters import control
from subscriptions.letters.mime import PreparedLetter
from subscriptions.models import Delivery, Letter
from tests.project.smtp_servers import mail_server
from tests.subscriptions.letters.steps import make_letter, make_readers

pytestmark = pytest.mark.django_db


@pytest.fixture
def _good(settings):
    """A site on the web whose worker is alive."""
    Heartbeat.objects.beat()
    settings.SITE_URL = "https://feet.example"
    settings.SITE_IS_HTTPS, settings.SITE_IS_LOCAL = True, False
    settings.FROM_EMAIL = settings.DEFAULT_FROM_EMAIL = "Feet <letters@feet.example>"


def run(*arguments):
    """What the doctor says, and whether something is wrong."""
    out = StringIO()
    try:
        call_command("doctor", *arguments, stdout=out)
    except CommandError:
        return out.getvalue().splitlines(), True
    return out.getvalue().splitlines(), False


def told(check):
    """(level, words) of each finding of one check."""
    return [(finding.level, finding.words) for finding in check()]


def levels(check):
    return [finding.level for finding in check()]


@pytest.mark.usefixtures("_good")
def test_a_site_in_order_is_told_as_such(settings, tmp_path):
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    settings.BOUNCE_ADDRESS = "bounces@feet.example"
    settings.BOUNCE_MAILBOX = f"maildir:{tmp_path}"

    with mail_server(settings):
        lines, is_wrong = run()

    assert not is_wrong
    assert {line.split()[0] for line in lines} == {"ok"}
    assert len(lines) == len(doctor.CHECKS) - 1  # letters that go on need no word


@pytest.mark.usefixtures("_good")
def test_it_writes_nothing(settings):
    with mail_server(settings) as mailbox:
        before = Letter.objects.count(), Message.objects.count()
        run()

        assert (Letter.objects.count(), Message.objects.count()) == before
        assert mailbox.mails == []


def test_what_is_wrong_is_told_and_ends_with_1():
    lines, is_wrong = run()

    assert is_wrong
    assert "wrong  worker: was never here; start manage.py worker." in lines


@pytest.mark.usefixtures("_good")
def test_mail_that_waits_is_told():
    Message.objects.create(to="a@x.org", due_at=timezone.now() - timedelta(minutes=12))

    assert (Level.WRONG, "mail: waits for 12 minutes.") in told(site.runs)


def test_a_database_that_is_away_is_told_and_no_more(monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("password=secret")

    monkeypatch.setattr(CursorWrapper, "execute", gone)

    lines, is_wrong = run()

    assert is_wrong
    assert "wrong  database: cannot be asked." in lines
    assert "secret" not in "\n".join(lines).replace("secret key", "")


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ({}, Level.OK),
        ({"DEBUG": True}, Level.WRONG),
        ({"SECRET_KEY": "ab" * 30}, Level.WRONG),
    ],
)
def test_the_secret_is_looked_at(settings, values, level):
    for name, value in values.items():
        setattr(settings, name, value)

    assert levels(site.has_a_secret) == [level]


@pytest.mark.parametrize(
    ("https", "local", "kept", "level"),
    [
        (True, False, False, Level.OK),
        (False, False, False, Level.WRONG),
        (False, True, True, Level.HINT),
        (False, True, False, Level.WRONG),
    ],
)
def test_links_must_work_for_readers(settings, https, local, kept, level):
    settings.SITE_IS_HTTPS, settings.SITE_IS_LOCAL = https, local
    settings.MAILS_ARE_KEPT = kept

    assert levels(site.is_public) == [level]


@pytest.mark.parametrize(
    ("sender", "level"),
    [
        ("Feet <letters@feet.example>", Level.OK),
        ("letters@mail.feet.example", Level.OK),
        ("letters@example", Level.OK),
        ("letters@notfeet.example", Level.HINT),
        ("letters@gmail.com", Level.HINT),
        ("", Level.WRONG),
        ("nobody@", Level.WRONG),
    ],
)
def test_the_sender_is_compared_with_the_site(settings, sender, level):
    settings.SITE_URL = "https://feet.example"
    settings.FROM_EMAIL = sender
    settings.DEFAULT_FROM_EMAIL = sender or "footcare@feet.example"

    assert levels(letters.have_a_sender) == [level]


@pytest.mark.usefixtures("_good")
def test_one_click_headers_are_looked_at_as_they_are_sent(monkeypatch):
    assert levels(letters.can_be_left_with_one_click) == [Level.OK]
    data = PreparedLetter.data

    for old, new in [
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
        (b"=One-Click", b"=One-click"),
        (b"List-Unsubscribe: <https:", b"List-Unsubscribe: <mailto:"),
        (b"List-Unsubscribe: <", b"List-Unsubscribe: "),
        (b"<https://feet.example/", b"<https://elsewhere.example/"),
        (b"/unsubscribe/", b"/unsubscribed/x/"),
        (b"/unsubscribe/", b"/preferences/"),
    ]:

        def changed(self, to, old=old, new=new):
            raw = data(self, to)
            assert old in raw
            return raw.replace(old, new)

        monkeypatch.setattr(PreparedLetter, "data", changed)
        assert levels(letters.can_be_left_with_one_click) == [Level.WRONG], new


def test_letters_that_wait_for_somebody_are_named():
    make_readers(1)
    for why in Letter.Pause:
        letter = make_letter(subject=why.value)
        control.queue(letter)
        control.pause(letter, why)
    make_letter(subject="a draft")

    found = told(letters.go_on)

    assert {level for level, _ in found} == {Level.HINT}
    assert len(found) == len(Letter.Pause)
    assert any("“failures” is paused. Too many failures" in words for _, words in found)


def test_the_age_of_what_is_due_is_told():
    make_readers(1)
    control.queue(make_letter())
    then = timezone.now() - timedelta(minutes=7)
    Delivery.objects.update(due_at=then)
    Message.objects.create(to="a@x.org", due_at=then + timedelta(minutes=4))

    assert told(letters.go_on) == [
        (Level.OK, "The oldest mail that is due has waited for 3 minutes."),
        (
            Level.OK,
            "The oldest letter to a reader that is due has waited for 7 minutes.",
        ),
    ]


def test_nobody_who_reads_what_comes_back_is_a_hint():
    assert levels(letters.come_back) == [Level.HINT]


def test_a_mailbox_that_nothing_comes_to_is_wrong(settings, tmp_path):
    settings.BOUNCE_MAILBOX = f"maildir:{tmp_path}"

    (no_address, no_box) = told(letters.come_back)

    assert no_address[0] == no_box[0] == Level.WRONG
    assert f"{tmp_path} is no Maildir." in no_box[1]


def test_a_mailbox_is_counted(settings, tmp_path):
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("x")
    settings.BOUNCE_ADDRESS = "bounces@testserver"
    settings.BOUNCE_MAILBOX = f"maildir:{tmp_path}"

    assert told(letters.come_back) == [
        (Level.OK, "The mailbox of bounces can be read; 2 mails wait in it.")
    ]


def test_a_line_is_one_line(monkeypatch):
    def check():
        yield Finding(Level.OK, "one\nwrong  two\x1b[2J")

    monkeypatch.setattr(doctor, "CHECKS", [check])

    assert run()[0] == ["ok     one\\nwrong  two\\x1b[2J"]
