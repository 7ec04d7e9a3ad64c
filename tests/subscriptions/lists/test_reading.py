"""A file is read as the program wrote it that made it."""

import codecs
import io

import pytest

from subscriptions.lists import reading
from subscriptions.lists.reading import Layout, encoding_of, is_of_network, rows_of
from tests.subscriptions.lists.steps import layout_of, lines_of

WORDS = "email;name\r\nada@example.org;Adá\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (WORDS.encode(), "utf-8-sig"),
        (codecs.BOM_UTF8 + WORDS.encode(), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), "utf-16"),
        (WORDS.encode("utf-16-le"), "utf-16-le"),
        (WORDS.encode("utf-16-be"), "utf-16-be"),
        (WORDS.encode("latin-1"), "cp1252"),
        (b"a" * 70_000 + "€".encode("cp1252"), "cp1252"),
        (b"a" * 65_535 + "é".encode(), "utf-8-sig"),
        (b"", "utf-8-sig"),
    ],
)
def test_the_encoding_is_found(content, encoding):
    file = io.BytesIO(content)

    assert encoding_of(file) == encoding
    assert file.tell() == 0
    if len(content) < 1000 and content:
        assert content.decode(encoding) == WORDS


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(separator):
    content = f"email{separator}name\nada@example.org{separator}Ada\n"

    assert layout_of(content).delimiter == separator


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        ('email;notes\na@x.org;"one, two, three"\nb@x.org;"four, five, six"\n', ";"),
        ("sep=;\nemail;name\na@x.org;Ada\n", ";"),
        ("a@x.org\nb@x.org\n", ","),
        ("", ","),
    ],
)
def test_a_separator_inside_words_does_not_mislead(content, separator):
    assert layout_of(content).delimiter == separator


@pytest.mark.parametrize(
    ("name", "header", "columns"),
    [
        (
            "Mailchimp",
            "Email Address,First Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LEID",
            {"email": 0, "asked_at": 2, "confirmed_at": 4},
        ),
        (
            "Mailchimp, unsubscribed",
            "Email Address,OPTIN_TIME,UNSUB_TIME,UNSUB_REASON",
            {"email": 0, "asked_at": 1, "left_at": 2},
        ),
        (
            "Mailchimp, cleaned",
            "Email Address,CONFIRM_TIME,CLEAN_TIME",
            {"email": 0, "confirmed_at": 1, "bounced_at": 2},
        ),
        (
            "Ghost",
            "id,email,name,note,subscribed_to_emails,complimentary_plan,created_at,labels",
            {"email": 1, "status": 4, "asked_at": 6},
        ),
        (
            "listmonk",
            "uuid,email,name,attributes,status,created_at,updated_at",
            {"email": 1, "status": 4, "asked_at": 5},
        ),
        (
            "Buttondown",
            "id,email_address,subscriber_type,source,creation_date,unsubscription_date",
            {"email": 1, "status": 2, "source": 3, "asked_at": 4, "left_at": 5},
        ),
        (
            "MailPoet",
            "Email,First name,Global status,Subscribed IP,Created at,Confirmed at",
            {"email": 0, "status": 2, "asked_at": 4, "confirmed_at": 5},
        ),
        (
            "Newsletter",
            '"E-mail";"Name";"Status";"Date";"IP"',
            {"email": 0, "status": 2, "asked_at": 3},
        ),
    ],
)
def test_the_columns_of_other_programs_are_known(name, header, columns):
    layout = layout_of(f"{header}\n")

    assert layout.has_header
    assert layout.columns == columns, name


@pytest.mark.parametrize(
    ("states", "columns"),
    [
        (["confirmed", "left"], {"email": 0, "status": 1}),
        (["CA", "NY"], {"email": 0}),
    ],
)
def test_a_column_called_state_is_one_if_its_words_are(states, columns):
    rows = "".join(f"a{n}@x.org,{state}\n" for n, state in enumerate(states))

    assert layout_of(f"email,state\n{rows}").columns == columns


def test_without_names_the_addresses_are_found_where_most_of_them_are():
    layout = layout_of("Ada @home,ada@example.org\nBob,bob@example.org\n")

    assert (layout.has_header, layout.columns) == (False, {"email": 1})


def test_an_unknown_name_is_no_hindrance():
    assert layout_of("Who,Where\nAda,ada@example.org\n").columns == {"email": 1}


def test_rows_know_their_lines():
    content = 'email,note\n\na@x.org,"two\nlines"\n , \nb@x.org,\n'
    rows = list(rows_of(lines_of(content), layout_of(content)))

    assert [(row.line, row.last, row.cells[0]) for row in rows] == [
        (3, 4, "a@x.org"),
        (6, 6, "b@x.org"),
    ]


def test_old_line_ends_are_read():
    rows = rows_of(lines_of("a@x.org\rb@x.org\r"), Layout(columns={"email": 0}))

    assert [row.cells for row in rows] == [["a@x.org"], ["b@x.org"]]


def test_a_quotation_mark_that_swallows_the_file_ends_it_with_an_empty_row():
    content = 'a@x.org\n"' + "b@x.org\n" * 20_000

    rows = list(rows_of(lines_of(content), Layout(columns={"email": 0})))

    assert [row.cells for row in rows] == [["a@x.org"], []]
    assert rows[1].line == 2


def test_the_first_row_can_be_shown():
    assert reading.names_of(lines_of("email,x\na@x.org,\n"), Layout()) == ["email", "x"]
    assert reading.names_of(lines_of(""), Layout()) == []


@pytest.mark.parametrize("name", ["OPTIN_IP", "ip", "Subscribed IP", "IP address"])
def test_columns_with_networks_are_known(name):
    assert is_of_network(name)


@pytest.mark.parametrize("name", ["zip", "recipient", "shipping", "tip"])
def test_other_columns_are_not(name):
    assert not is_of_network(name)
