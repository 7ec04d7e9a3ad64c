"""The mailbox of bounces is read once, whatever happens meanwhile, and keeps every mail."""

import ssl
from contextlib import closing
from pathlib import Path

import pytest

from outbox import ending
from subscriptions.bounces import effects, mailboxes
from subscriptions.bounces.mails import LONGEST
from subscriptions.models import Bounce, Tally
from tests.running import free_port
from tests.subscriptions.bounces.imap import ImapServer
from tests.subscriptions.bounces.steps import (
    make_reader,
    make_sent,
    message_id,
    report_about,
    sample,
    states,
)

pytestmark = pytest.mark.django_db
CERTIFICATES = Path(__file__).resolve().parents[2] / "certificates"


class Maildir:
    """A real Maildir."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("new", "cur", "tmp"):
            (folder / name).mkdir(parents=True)
        self.url = f"maildir:{folder}"

    def add(self, raw):
        number = len(self.all())
        (self.folder / "new" / f"{1795763564 + number}.M1P2.host").write_bytes(raw)

    def all(self):
        return [*self.folder.glob("new/*"), *self.folder.glob("cur/*")]

    def marked(self):
        """Of each mail, in their order, what stands on it."""
        names = sorted(path.name for path in self.folder.glob("cur/*"))
        return [name.partition(":2,")[2] for name in names]

    def raw(self):
        return {path.read_bytes() for path in self.all()}


class Imap(ImapServer):
    """The same questions to an IMAP server."""

    @property
    def url(self):
        return f"imap://me:p%40ss%2F%22%5C@127.0.0.1:{self.port}/INBOX/Bounces"

    def marked(self):
        short = {"\\Seen": "S", "\\Flagged": "F"}
        return [
            "".join(sorted(short[flag] for flag in flags))
            for flags in self.flags.values()
            if flags
        ]

    def raw(self):
        return set(self.mails.values())


@pytest.fixture
def imap(settings):
    server = Imap()
    settings.BOUNCE_MAILBOX = server.url
    yield server
    server.stop()


@pytest.fixture
def maildir(tmp_path, settings):
    box = Maildir(tmp_path / "bounces of letters")
    settings.BOUNCE_MAILBOX = box.url.replace(" ", "%20")
    return box


@pytest.fixture(params=["maildir", "imap"])
def box(request):
    return request.getfixturevalue(request.param)


def read():
    lines = []
    return mailboxes.read_bounces(lines.append), lines


def test_without_a_mailbox_nothing_is_done(settings):
    assert settings.BOUNCE_MAILBOX == ""
    assert read() == (0, [])


def test_reports_are_recorded_and_every_mail_stays(box):
    dead, alive = make_sent(make_reader()), make_sent(make_reader())
    mails = [report_about(dead), sample("holiday", alive.subscriber.email)]
    for raw in mails:
        box.add(raw)

    assert read() == (
        2,
        ["Bounces: 2 mails read, 1 of them were no report; see there."],
    )

    assert states() == {
        dead.subscriber.email: "bounced",
        alive.subscriber.email: "confirmed",
    }
    assert box.marked() == ["S", "FS"]
    assert box.raw() == set(mails)
    assert Bounce.objects.get().delivery == dead
    assert read() == (0, [])


def test_killed_between_recording_and_marking_it_counts_once(box, monkeypatch):
    sent = make_sent(make_reader())
    box.add(report_about(sent))

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    for kind in (mailboxes._Maildir, mailboxes._Imap):
        monkeypatch.setattr(kind, "mark", killed)
    with pytest.raises(KeyboardInterrupt):
        read()
    monkeypatch.undo()
    assert box.marked() == []

    assert read()[0] == 1

    assert Bounce.objects.count() == 1
    assert Tally.objects.get().bounced == 1


def test_killed_before_recording_it_is_read_again(box, monkeypatch):
    sent = make_sent(make_reader())
    box.add(report_about(sent))

    def fails(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(effects, "record", fails)
    with pytest.raises(KeyboardInterrupt):
        read()
    monkeypatch.undo()

    read()

    assert states() == {sent.subscriber.email: "bounced"}


def test_many_mails_take_several_turns(box, monkeypatch):
    monkeypatch.setattr(mailboxes, "MOST", 2)
    for number in range(5):
        box.add(b"Subject: %d\n\n" % number)

    assert [read()[0] for _ in range(4)] == [2, 2, 1, 0]
    assert box.marked() == ["FS"] * 5


def test_a_worker_that_is_asked_to_end_leaves_the_rest(box, monkeypatch):
    box.add(b"Subject: x\n\n")
    monkeypatch.setattr(ending.asked, "is_set", lambda: True)

    assert read() == (0, [])
    assert box.marked() == []


def test_of_a_large_mail_the_beginning_is_read(box):
    sent = make_sent(make_reader())
    box.add(report_about(sent) + b"x" * (2 * LONGEST))

    with closing(mailboxes.opened()) as opened:
        assert [len(opened.read(name)) for name in opened.unread()] == [LONGEST]
    assert read()[0] == 1
    assert states() == {sent.subscriber.email: "bounced"}


def test_what_a_mail_program_has_only_listed_is_still_read(maildir):
    sent = make_sent(make_reader())
    (maildir.folder / "cur" / "1.host:2,R").write_bytes(report_about(sent))
    (maildir.folder / "cur" / "2.host:2,RS").write_bytes(report_about(sent, "exim"))
    (maildir.folder / "new" / ".hidden").write_bytes(b"x")

    assert read()[0] == 1
    assert maildir.marked() == ["RS", "RS"]


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_folder_that_is_no_maildir_is_told(tmp_path, settings, name):
    (tmp_path / "file").write_text("x")
    settings.BOUNCE_MAILBOX = f"maildir:{tmp_path / name}"

    done, (line,) = read()

    assert done == 0
    assert line.endswith(f"{tmp_path / name} is no Maildir.")


def test_the_server_is_asked_with_the_words_of_the_address(imap):
    read()

    assert 'LOGIN me "p@ss/\\"\\\\"' in imap.asked
    assert 'SELECT "INBOX/Bounces"' in imap.asked


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH", "STORE"])
@pytest.mark.parametrize("way", ["refuse", "hang_up"])
def test_a_server_that_fails_is_told_and_loses_nothing(imap, command, way):
    sent = make_sent(make_reader())
    imap.add(report_about(sent))
    setattr(imap, way, command)

    done, (line,) = read()

    assert done == 0
    assert line.startswith("The mailbox of bounces cannot be read: ")
    assert "p@ss" not in line
    if way == "refuse":
        assert line.endswith(f"{command} is not for you")
    assert imap.marked() == []
    setattr(imap, way, "")
    assert read()[0] == 1
    assert states() == {sent.subscriber.email: "bounced"}


def test_a_server_that_says_nothing_is_not_waited_for(imap, monkeypatch):
    imap.silent = True
    monkeypatch.setattr(mailboxes, "TIMEOUT", 0.2)

    assert read() == (0, ["The mailbox of bounces cannot be read: timed out"])


def test_a_server_that_is_away_is_told(settings):
    settings.BOUNCE_MAILBOX = f"imaps://me:p@127.0.0.1:{free_port()}/INBOX"

    done, (line,) = read()

    assert (done, "refused" in line) == (0, True)


@pytest.fixture
def behind_tls(settings):
    servers = []

    def start(certificate):
        servers.append(Imap(CERTIFICATES / certificate))
        settings.BOUNCE_MAILBOX = f"imaps://me:p@localhost:{servers[0].port}/INBOX"
        return servers[0]

    yield start
    for server in servers:
        server.stop()


def test_a_certificate_that_is_good_is_taken(behind_tls, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "localhost.pem"))
    sent = make_sent(make_reader())
    behind_tls("localhost.pem").add(report_about(sent))

    assert read()[0] == 1


@pytest.mark.parametrize("trusted", ["localhost.pem", "elsewhere.pem"])
def test_a_certificate_of_another_or_of_nobody_is_refused(
    behind_tls, monkeypatch, trusted
):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / trusted))
    server = behind_tls("elsewhere.pem")
    server.add(b"x")

    done, (line,) = read()

    assert (done, "certificate verify failed" in line) == (0, True)
    assert server.asked == []


def test_good_certificates_are_those_that_the_machine_trusts(behind_tls):
    assert ssl.get_default_verify_paths()
    behind_tls("localhost.pem")

    assert "certificate verify failed" in read()[1][0]


def test_a_report_of_another_worker_is_no_second_one(maildir):
    """Two workers read the same mail at once: the slower one finds it recorded and gone."""
    sent = make_sent(make_reader())
    maildir.add(sample("postfix", sent.subscriber.email, message_id(sent)))
    box = mailboxes.opened()
    (name,) = box.unread()
    raw = box.read(name)
    read()

    assert mailboxes._record(raw)
    box.mark(name, flag=False)

    assert Bounce.objects.count() == 1
