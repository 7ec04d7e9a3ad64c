"""The owner brings a list in the admin: look through it, import it, take it back."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from subscriptions.models import Import, Subscriber
from tests.factories import make_subscriber
from tests.subscriptions.lists.steps import PROOF

pytestmark = pytest.mark.django_db

ADD = reverse("admin:subscriptions_import_add")
LIST = reverse("admin:subscriptions_import_changelist")
CONTENT = "email;name\nada@example.org;Ada\nnonsense;Eve\n"


def upload(client, content=CONTENT, name="list.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(ADD, {"file": SimpleUploadedFile(name, data)})


def page_of(imported):
    return reverse("admin:subscriptions_import_change", args=[imported.pk])


def go_on(client, imported, do="import", **values):
    """Press a button below the columns, with the file of CONTENT."""
    data = {
        "do": do, "has_header": "on", "column-0": "email", "column-1": "",
        "proof": PROOF, "how": "add",
    }  # fmt: skip
    return client.post(page_of(imported), data | values)


@pytest.fixture
def looked_through(admin_client):
    upload(admin_client)
    return Import.objects.get()


def said(response):
    return [str(message) for message in response.wsgi_request._messages]


def test_a_file_is_first_only_looked_through(admin_client, admin_user):
    response = upload(admin_client)

    imported = Import.objects.get()
    assert response.status_code == 302
    assert response["Location"] == page_of(imported)
    html = admin_client.get(page_of(imported)).content.decode()
    assert (imported.created_by, imported.state) == (admin_user, "checked")
    assert "Line 2: <span" in html
    assert "ada@example.org" in html
    assert "Enter a valid email address." in html
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_any_encoding_is_taken(admin_client, encoding):
    upload(admin_client, "name\temail\nAdá\tada@example.org\n".encode(encoding))

    imported = Import.objects.get()
    assert imported.content.endswith("Adá\tada@example.org\n")
    assert imported.mapping["columns"] == {"email": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"no addresses", "no e-mail address"),
        (b"PK\x03\x04 @", "workbook"),
        (b"a@x.org\n" * 330_000, "too large"),
    ],
)
def test_a_file_that_is_none_is_refused(admin_client, settings, content, words):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
    if len(content) > 2_600_000:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_645_000
        content = content[:2_630_000]

    response = upload(admin_client, content)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Import.objects.exists()


def test_the_form_says_how_large_a_file_may_be(admin_client):
    assert "2.5\xa0MB" in admin_client.get(ADD).content.decode()


def test_a_file_just_as_large_as_the_form_says_comes_through(admin_client):
    from subscriptions.admin.import_forms import most_bytes

    content = b"email,note\na@x.org,"
    content += b"x" * 1000 + b"\n" + b"\n" * (most_bytes() - len(content) - 1001)

    assert upload(admin_client, content).status_code == 302


def test_a_column_without_a_name_has_its_number(admin_client):
    upload(admin_client, "email,,\nada@example.org,,\n")

    html = admin_client.get(page_of(Import.objects.get())).content.decode()

    assert "Column 2:" in html
    assert "Column 3:" in html


def test_a_nul_is_no_hindrance(admin_client):
    assert upload(admin_client, b"a@x.org\x00\nb@x.org\n").status_code == 302
    assert Import.objects.get().content == "a@x.org\nb@x.org\n"


def test_people_are_imported(admin_client, looked_through):
    response = go_on(admin_client, looked_through)

    assert said(response) == ["1 person is on the list now."]
    ada = Subscriber.objects.get()
    assert (ada.email, ada.proof, ada.imported) == (
        "ada@example.org",
        PROOF,
        looked_through,
    )
    html = admin_client.get(page_of(looked_through)).content.decode()
    assert PROOF in html
    assert "Undo this import" in html
    assert f"imported__id__exact={looked_through.pk}" in html
    assert "ada@example.org" not in html


def test_nothing_is_imported_without_a_word_of_consent(admin_client, looked_through):
    response = go_on(admin_client, looked_through, proof=" ", how="ask")

    html = response.content.decode()
    assert response.status_code == 422
    assert "Write when, where and in which words these people agreed." in html
    assert response.context["form"]["how"].value() == "ask"
    assert not Subscriber.objects.exists()
    assert Import.objects.get().content == CONTENT


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"column-0": ""}, "Choose the column with the addresses."),
        ({"column-1": "email"}, "Another column is chosen for this already."),
        ({"column-1": "shoe size"}, "Select a valid choice."),
        ({"how": "never"}, "Select a valid choice."),
        ({"proof": "x" * 301}, "at most 300"),
    ],
)
def test_a_refusal_keeps_what_was_typed(admin_client, looked_through, values, words):
    response = go_on(admin_client, looked_through, **values)

    html = response.content.decode()
    assert response.status_code == 422
    assert words in html
    assert values.get("proof", PROOF) in html
    assert not Subscriber.objects.exists()


def test_other_columns_are_looked_through_before_anything_is_imported(admin_client):
    upload(admin_client, "email,second\nada@example.org,bob@example.org\n")
    imported = Import.objects.get()

    response = go_on(admin_client, imported, **{"column-0": "", "column-1": "email"})

    assert said(response) == [
        "The columns have changed: look at the numbers, then import."
    ]
    assert not Subscriber.objects.exists()
    html = admin_client.get(page_of(imported)).content.decode()
    assert "bob@example.org" in html
    assert PROOF in html
    go_on(admin_client, imported, **{"column-0": "", "column-1": "email"})
    assert Subscriber.objects.get().email == "bob@example.org"


def test_looking_through_again_keeps_the_words(admin_client, looked_through):
    go_on(admin_client, looked_through, do="check", has_header="")

    html = admin_client.get(page_of(looked_through)).content.decode()
    assert PROOF in html
    assert "Line 1" in html
    assert not Subscriber.objects.exists()


def test_people_can_be_asked_first(admin_client, looked_through):
    response = go_on(admin_client, looked_through, how="ask")

    assert said(response) == ["1 person is asked to confirm."]
    assert not Subscriber.objects.exists()
    html = admin_client.get(page_of(looked_through)).content.decode()
    assert "1 person is still to be asked." in html


def test_networks_are_not_read_and_it_is_said(admin_client):
    upload(admin_client, "Email Address,CONFIRM_IP\nada@example.org,203.0.113.7\n")

    html = admin_client.get(page_of(Import.objects.get())).content.decode()

    assert "IP addresses are not taken over" in html
    assert "CONFIRM_IP." in html


def test_an_import_is_taken_back(admin_client, looked_through):
    go_on(admin_client, looked_through)

    response = admin_client.post(page_of(looked_through), {"do": "undo"})

    assert said(response)[-1] == "1 person taken off."
    assert not Subscriber.objects.exists()
    html = admin_client.get(page_of(looked_through)).content.decode()
    assert "1 person was taken off." in html
    assert "Undo this import" not in html


def test_who_stays_is_told_with_the_reason(admin_client, looked_through):
    go_on(admin_client, looked_through)
    Subscriber.objects.update(changed_at=Import.objects.get().done_at)

    admin_client.post(page_of(looked_through), {"do": "undo"})

    html = admin_client.get(page_of(looked_through)).content.decode()
    assert "1 stay: they have changed their settings since." in html


def test_a_file_is_thrown_away(admin_client, looked_through):
    response = admin_client.post(page_of(looked_through), {"do": "discard"})

    assert response["Location"] == LIST
    assert not Import.objects.exists()


def test_a_second_press_imports_nothing_twice(admin_client, looked_through):
    go_on(admin_client, looked_through)

    response = go_on(admin_client, looked_through)

    assert said(response)[-1] == "Somebody else was quicker: this is how it is now."
    assert Subscriber.objects.count() == 1


def test_one_that_broke_off_says_so_and_goes_on(admin_client, looked_through):
    make_subscriber(state="confirmed", email="ada@example.org", imported=looked_through)

    html = admin_client.get(page_of(looked_through)).content.decode()
    assert "This import broke off: 1 of its people is on the list." in html
    go_on(admin_client, looked_through)

    assert Subscriber.objects.count() == 1
    assert Import.objects.get().state == Import.State.DONE


def test_looking_changes_nothing(admin_client, looked_through):
    for address in (ADD, LIST, page_of(looked_through)):
        assert admin_client.get(address).status_code == 200

    assert Import.objects.get().state == Import.State.CHECKED
    assert admin_client.get(f"{LIST}999/change/").status_code == 404


def test_only_who_may_import_does(client, looked_through):
    editor = User.objects.create_user("ed", is_staff=True)
    client.force_login(editor)
    assert client.get(ADD).status_code == 403
    assert client.get(page_of(looked_through)).status_code == 403
    editor.user_permissions.add(Permission.objects.get(codename="view_import"))

    assert client.get(page_of(looked_through)).status_code == 200
    for do in ("import", "check", "undo", "discard"):
        assert go_on(client, looked_through, do=do).status_code == 403
    assert upload(client).status_code == 403
    assert Import.objects.get().state == Import.State.CHECKED


def test_the_log_of_the_admin_holds_no_address(admin_client, looked_through):
    go_on(admin_client, looked_through)
    admin_client.post(page_of(looked_through), {"do": "undo"})

    assert LogEntry.objects.count() == 3
    assert "@" not in str(list(LogEntry.objects.values()))


def test_the_list_asks_as_little_for_three_as_for_one(
    admin_client, admin_user, django_assert_max_num_queries
):
    for _ in range(3):
        Import.objects.create(proof=PROOF, created_by=admin_user, content="a@x.org")
        with django_assert_max_num_queries(7) as asked:
            assert admin_client.get(LIST).status_code == 200
    assert '"content"' not in str([query["sql"] for query in asked.captured_queries])
