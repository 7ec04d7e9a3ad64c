"""Long lists come by the command."""

import pytest
from django.core.management import CommandError, call_command

from subscriptions.models import Import, Subscriber
from tests.factories import make_subscriber
from tests.subscriptions.lists.steps import PROOF

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "list.csv"
        path.write_text(content, encoding)
        return str(path)

    return write


def command(*arguments):
    call_command("import_subscribers", *arguments)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_imported_and_reported(file, capsys, encoding):
    make_subscriber(email="bob@example.org", state="left")
    path = file(
        "name;email\nAdá;ada@example.org\nBob;bob@example.org\nEve;eve\n", encoding
    )

    command(path, "--proof", PROOF)

    said = capsys.readouterr().out
    imported = Import.objects.get()
    assert Subscriber.objects.on_list().get().email == "ada@example.org"
    assert (imported.state, imported.proof, imported.content) == ("done", PROOF, "")
    assert "1 new" in said
    assert "1 gone" in said
    assert "line 4: Enter a valid email address." in said
    assert "@" not in said
    assert f"--undo {imported.pk}" in said


def test_a_dry_run_changes_nothing(file, capsys):
    command(file("ada@example.org\n"), "--dry-run")

    assert "Nothing was changed." in capsys.readouterr().out
    assert not Subscriber.objects.exists()
    assert not Import.objects.exists()


def test_columns_can_be_named(file):
    content = "first@example.org,second@example.org,left\n"

    command(
        file(content), "--proof", PROOF, "--column", "email=2", "--column", "status=0"
    )

    assert Subscriber.objects.get().email == "second@example.org"


def test_people_can_be_asked_first(file):
    command(file("ada@example.org\n"), "--proof", PROOF, "--ask")

    assert not Subscriber.objects.exists()
    assert Import.objects.get().content == "ada@example.org\n"


def test_an_import_is_undone(file, capsys):
    command(file("ada@example.org\nbob@example.org\n"), "--proof", PROOF)
    Subscriber.objects.filter(email="ada@example.org").update(
        changed_at=Import.objects.get().done_at
    )

    command("--undo", str(Import.objects.get().pk))

    said = capsys.readouterr().out
    assert "1 taken off the list." in said
    assert "1 stay: they have changed their settings since." in said
    assert Subscriber.objects.get().email == "ada@example.org"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Name a file"),
        (["--undo", "999"], "no import 999"),
        (["/nowhere.csv", "--proof", "x"], "cannot be read"),
        (["/nowhere.csv"], "Say with --proof"),
        (["/nowhere.csv", "--proof", " "], "Say with --proof"),
    ],
)
def test_what_is_missing_is_said(arguments, words):
    with pytest.raises(CommandError, match=words):
        command(*arguments)


@pytest.mark.parametrize("column", ["mail=1", "email=x", "email", "email=0"])
def test_a_column_that_is_none_is_refused(file, column):
    with pytest.raises(CommandError):
        command(file("ada@example.org\n"), "--dry-run", "--column", column)
