"""What readers report, and how it is done with."""

import pytest

from comments import moderation
from comments.models import Comment, Event, News, Report
from tests.factories import make_comment

Status, Reason = Comment.Status, Report.Reason
NETWORK = "203.0.113.7/32"


def test_a_report_is_kept_with_its_reason_and_moderators_are_told(db):
    comment = make_comment()

    assert moderation.report(comment, Reason.HEALTH, "Ten a day!", NETWORK)

    found = Report.objects.get()
    assert (found.comment, found.reason) == (comment, "health")
    assert (found.words, found.closed_at) == ("Ten a day!", None)
    event = Event.objects.get()
    assert (event.what, event.who, event.by) == ("reported", "reader", None)
    assert News.objects.get().kind == News.Kind.REPORTED


def test_a_reader_counts_once_for_a_comment_and_their_network_is_a_hash(db):
    comment, other = make_comment(), make_comment()

    counted = [
        moderation.report(one, Reason.RUDE, "", NETWORK)
        for one in (comment, comment, other)
    ]

    assert counted == [True, False, True]
    assert Report.objects.count() == Event.objects.count() == 2
    assert "203.0.113" not in str(Report.objects.values_list("network"))


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.VISIBLE}))
def test_what_nobody_sees_cannot_be_reported(db, status):
    comment = make_comment(status=status)

    assert not moderation.report(comment, Reason.SPAM, "", NETWORK)
    assert not Report.objects.exists()


def test_a_change_of_status_closes_the_reports(db, admin_user):
    comment = make_comment()
    moderation.report(comment, Reason.RUDE, "", NETWORK)

    moderation.set_status(Comment.objects.all(), Status.HIDDEN, by=admin_user)

    assert Report.objects.get().closed_at is not None


def test_what_the_site_or_the_author_does_leaves_the_reports_open(db):
    comment = make_comment()
    moderation.report(comment, Reason.RUDE, "", NETWORK)

    moderation.set_status(Comment.objects.all(), Status.WAITING, by=None)

    assert Report.objects.get().closed_at is None
