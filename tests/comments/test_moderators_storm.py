"""Several workers at once write one mail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from comments import moderators
from comments.models import News
from outbox.models import Message
from tests.comments.desk import make_moderator, make_suspect

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4


def test_workers_at_once_write_one_mail():
    make_moderator()
    for _ in range(5):
        comment = make_suspect()
        then = timezone.now() - timedelta(minutes=3)
        News.objects.create(comment=comment, kind="waiting", created_at=then)
    begin = Barrier(WORKERS)

    def work(number):
        begin.wait()
        try:
            return moderators.mail_moderators(lambda line: None)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        mails = sum(pool.map(work, range(WORKERS)))

    assert mails == Message.objects.count() == 1
    assert not News.objects.exists()
