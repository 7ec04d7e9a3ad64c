"""A letter reaches each reader once, and the ledger says what happened."""

from subscriptions.models import Delivery, Letter
from tests.subscriptions.letters.steps import make_letter, make_readers, send


def test_each_reader_gets_the_letter_with_links_of_their_own(mailbox, db):
    readers = make_readers(3)
    letter = make_letter()

    send(letter)

    assert letter.state == Letter.State.SENT
    states = Delivery.objects.values_list("state", flat=True)
    assert set(states) == {Delivery.State.SENT}
    assert [mail["To"] for mail in mailbox.mails] == [one.email for one in readers]
    for reader, mail in zip(readers, mailbox.mails, strict=True):
        assert mail["List-Unsubscribe"] == f"<{reader.leave_url}>"
        for part in mail.iter_parts():
            assert reader.leave_url in part.get_content()
            assert reader.preferences_url in part.get_content()
