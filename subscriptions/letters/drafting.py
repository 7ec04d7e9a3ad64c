"""A letter begins as a draft: here of an article, which is sent to its readers once."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles.models import Article, SiteSettings
from subscriptions.models import Letter


@transaction.atomic
def draft_of(article: Article, by: User | None) -> Letter:
    """The letter of ``article`` that is not cancelled, or a draft of one by ``by``."""
    # Two editors at once: the second waits for the first, and finds the draft.
    Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    live = article.letters.filter(kind=Letter.Kind.ARTICLE)
    letter = live.exclude(state=Letter.State.CANCELLED).first()
    if letter:
        return letter
    subject = _("New on %(site)s: %(title)s") % {
        "site": SiteSettings.load().name,
        "title": article.title,
    }
    return Letter.objects.create(
        kind=Letter.Kind.ARTICLE,
        article=article,
        subject=Truncator(subject).chars(150),
        created_by=by,
    )
