"""A letter as a mail: well-formed for every reader, and the same as Django would make it."""

import re
from datetime import UTC, timedelta

import pytest
from django.core.mail import BadHeaderError
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from subscriptions import tokens
from subscriptions.letters.mime import PreparedLetter, To
from tests.subscriptions.letters.mails import (
    MARK,
    READER,
    data_of,
    frozen_letter,
    header_lines,
    read,
    read_message,
    words_of,
)

PLACES = [f"{MARK}leave", f"{MARK}preferences"]
_traps = st.sampled_from(
    [
        ".", "..", "\n.", "\r\n", "\n", "\n\n", " ", "\t", " \n", "=", "=20", "=\n",
        "From ", "\nFrom ", "x" * 998, "ü" * 400, "🦶" * 300, "--", f"--=={MARK}==",
        *PLACES,
    ]
)  # fmt: skip
words = st.lists(_traps | st.text(max_size=80), max_size=12).map("".join).filter(bool)
subjects = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=150).map(
    lambda typed: " ".join(typed.split()) or "News"
)


def as_django_sends_it(letter):
    message = PreparedLetter(letter).message(READER).message()
    return read_message(message.as_bytes(linesep="\r\n"))


@given(text=words, html=words, subject=subjects)
@example(text="a \n.b\n..", html=f"{PLACES[0]}.\n{PLACES[1]}", subject="a: b")
@example(text=f".{PLACES[0]}\n", html=" ", subject="ü" * 150)
@example(text="\n", html=f"{PLACES[0]}{PLACES[0]}", subject="x" * 150)
@example(text="=?utf-8?q?x?=", html="x", subject="=?utf-8?q?x?= is no code")
@example(text="a\x0bb\x85c\u2028d", html="=\r\n=", subject="[List] Re: 50 % = 1/2?")
def test_any_letter_reads_as_the_one_that_django_would_send(text, html, subject):
    letter = frozen_letter(text, html, subject)

    mine = read(data_of(letter))
    djangos = as_django_sends_it(letter)

    assert words_of(mine) == words_of(djangos)
    assert mine["Subject"] == subject  # Django's folding would add a blank
    for name in set(djangos.keys()) - {"Content-Type", "Date", "Subject"}:
        assert mine[name] == djangos[name], name
    assert set(mine.keys()) == set(djangos.keys())


@given(text=words, html=words, subject=subjects)
def test_any_letter_is_made_of_short_ascii_lines_ended_by_crlf(text, html, subject):
    data = data_of(frozen_letter(text, html, subject))

    data.decode("ascii")
    assert data.endswith(b"\r\n")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", data)
    body = data.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(map(len, body)) <= 78  # a dot doubled and a soft break among them
    assert max(map(len, header_lines(data))) <= 998
    assert b".\r\n" not in {line + b"\r\n" for line in body}, "the end of the mail"


def test_headers_are_what_lists_and_mail_programs_ask_for():
    mail = read(data_of(frozen_letter()))

    leave = tokens.make("leave", READER.subscriber, READER.letter_key)
    assert dict(mail.items()) | {"Date": "", "Content-Type": ""} == {
        "From": "Footcare <letters@testserver>",
        "To": "reader@example.org",
        "Subject": "News",
        "Date": "",
        "Message-ID": f"<{tokens.make('delivery', 7, MARK)}@testserver>",
        "List-Id": "<letters.testserver>",
        "List-Unsubscribe": f"<http://testserver/unsubscribe/{leave}/>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
        "MIME-Version": "1.0",
        "Content-Type": "",
    }
    assert mail.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in mail.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    age = timezone.now() - mail["Date"].datetime.replace(tzinfo=UTC)
    assert timedelta(seconds=-1) < age < timedelta(minutes=1)


@pytest.mark.parametrize(("is_automatic", "says"), [(False, None), (True, "auto-generated")])  # fmt: skip
def test_only_a_letter_that_nobody_wrote_says_that_it_is_automatic(is_automatic, says):
    mail = read(data_of(frozen_letter(is_automatic=is_automatic)))

    assert mail["Auto-Submitted"] == says


def test_every_try_has_the_same_message_id_and_every_reader_another():
    letter = frozen_letter()
    other = To(8, 12, "other@example.org", "j" * 32)

    first, again = read(data_of(letter)), read(data_of(letter))

    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"] != read(data_of(letter, other))["Message-ID"]


def test_a_reader_gets_no_link_of_another():
    html = f'<a href="/{PLACES[0]}/">x</a> <a href="/{PLACES[1]}/">y</a>'
    prepared = PreparedLetter(frozen_letter(html, html))
    other = To(8, 12, "other@example.org", "j" * 32)

    prepared.data(READER)
    mail = read(prepared.data(other))

    leave, preferences = (
        tokens.make(purpose, other.subscriber, other.letter_key)
        for purpose in ("leave", "preferences")
    )
    expected = f'<a href="/{leave}/">x</a> <a href="/{preferences}/">y</a>'
    assert [part.strip() for part in words_of(mail)] == [expected] * 2
    assert mail["List-Unsubscribe"] == f"<http://testserver/unsubscribe/{leave}/>"


@pytest.mark.parametrize(
    "subject",
    ["plain words " * 12, "Füße " * 28, "🦶" * 75, "ش" * 150],
    ids=["ascii", "umlauts", "emoji", "arabic"],
)
def test_long_subjects_are_folded(subject):
    subject = subject.strip()[:150]

    data = data_of(frozen_letter(subject=subject))

    lines = header_lines(data)
    assert max(len(line) for line in lines if b"List-Unsubscribe" not in line) <= 78
    assert b"Subject:" not in {line.strip() for line in lines}, "an empty first line"
    assert read(data)["Subject"] == subject


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_subject_or_a_sender_adds_no_header(settings, end):
    with pytest.raises(BadHeaderError):
        PreparedLetter(frozen_letter(subject=f"News{end}Bcc: all@example.org"))
    settings.DEFAULT_FROM_EMAIL = f"Footcare{end}Bcc: all@example.org <a@testserver>"
    with pytest.raises(BadHeaderError):
        PreparedLetter(frozen_letter())


def test_a_senders_name_in_any_script_is_encoded(settings):
    settings.DEFAULT_FROM_EMAIL = '"Füße “&” Co," <letters@testserver>'

    data = data_of(frozen_letter())

    (sender,) = read(data)["From"].addresses
    assert sender.addr_spec == "letters@testserver"
    assert sender.display_name == "Füße “&” Co,"


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nBcc: all@example.org", "a@example.org,b@example.org",
        "a,b@example.org", "a <b@example.org>", "@example.org", "a@", "a b@example.org",
        "ü@example.org", "a@exämple.org", "a(b)@example.org", "", "a@b@example.org",
        '"a"b"@example.org', "a@example.org>", "a;b@example.org", "a:b@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_gets_no_mail(address):
    prepared = PreparedLetter(frozen_letter())

    with pytest.raises(ValueError, match="address"):
        prepared.envelope(To(7, 11, address, "k" * 32))


@pytest.mark.parametrize(
    "address",
    [
        "a+b@example.org",
        "o'hara@example.org",
        "a/b=c@xn--fe-eka.example",
        '"a,b"@x.org',
    ],
)
def test_unusual_addresses_stand_in_the_mail_as_they_are(address):
    envelope = PreparedLetter(frozen_letter()).envelope(To(7, 11, address, "k" * 32))

    (to,) = read(envelope.data())["To"].addresses
    assert to.addr_spec == envelope.to == address


@pytest.mark.parametrize(
    ("site_url", "host"),
    [
        ("https://feet.example", "feet.example"),
        ("http://localhost:8000", "localhost"),
        ("http://[::1]:8000", "localhost"),
    ],
)
def test_ids_are_of_the_sites_own_domain(settings, site_url, host):
    settings.SITE_URL = site_url

    mail = read(data_of(frozen_letter()))

    assert mail["Message-ID"].endswith(f"@{host}>")
    assert mail["List-Id"] == f"<letters.{host}>"
    assert mail["List-Unsubscribe"].startswith(f"<{site_url}/unsubscribe/")
