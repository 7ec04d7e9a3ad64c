"""The mailbox of bounces is read once, whatever happens meanwhile, and keeps every mail."""

import random
from contextlib import closing

import pytest

from outbox import ending
from subscriptions.bounces import effects, mailboxes
from subscriptions.bounces.mails import LONGEST
from subscriptions.letters import delivery
from subscriptions.models import Bounce, Tally
from tests.subscriptions.bounces.steps import (
    SAMPLES,
    make_reader,
    make_sent,
    message_id,
    read,
    report_about,
    sample,
    states,
)
from tests.subscriptions.letters.steps import make_letter, send

pytestmark = pytest.mark.django_db

NAMES = sorted(path.stem for path in SAMPLES.glob("*.eml"))


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


def test_a_letter_as_it_was_sent_is_known_again(maildir, mailbox):
    dead, alive = make_reader(), make_reader()
    send(make_letter())
    sent = {mail["To"]: mail for mail in mailbox.mails}
    maildir.add(sample("gmail", dead.email, sent[dead.email]["Message-ID"]))

    read()

    assert states() == {dead.email: "bounced", alive.email: "confirmed"}
    delivery._line.close()


@pytest.mark.parametrize("bad", [b"\0", b"\xff", b"\x1b[2J", b"\xed\xa0\x80"])
def test_bytes_that_no_database_takes_stop_nobody(maildir, bad):
    sent = make_sent(make_reader())
    report = report_about(sent)
    maildir.add(report.replace(b"User unknown", bad))
    maildir.add(
        report.replace(b"Final-Recipient: rfc822; ", b"Final-Recipient: x;" + bad)
    )
    maildir.add(sample("exim", f"a{bad.decode(errors='replace')}b@example.org"))
    maildir.add(report.replace(b"Status: 5.1.1", b"Status: " + bad))
    maildir.add(report.replace(b"Message-ID: <", b"Message-ID: <" + bad))

    assert read()[0] == 5
    assert states() == {sent.subscriber.email: "bounced"}
    assert all(bounce.words.isprintable() for bounce in Bounce.objects.all())


def test_no_mail_stops_the_worker(maildir):
    """Reports with some of their bytes changed, lost or doubled, by chance that repeats."""
    chance = random.Random(6)
    sent = make_sent(make_reader())
    for _ in range(200):
        raw = bytearray(report_about(sent, chance.choice(NAMES)))
        for _ in range(chance.randrange(1, 9)):
            start = chance.randrange(len(raw))
            piece = raw[start : start + chance.randrange(40)]
            bad = chance.choice(
                [b"\0", b"\n\n", b";", b"\xff", b'"', b"=?utf-8?q?", piece * 2]
            )
            raw[start : start + len(piece)] = bad
        maildir.add(bytes(raw))

    assert sum(iter(lambda: read()[0], 0)) == 200
    assert len(maildir.marked()) == 200
