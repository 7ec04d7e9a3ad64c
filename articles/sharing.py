"""Links with which a reader passes an article on. Plain addresses: nothing is loaded."""

from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from articles.models import Article


def share_links(article: Article) -> list[tuple[str, str]]:
    """(the name to show, the address) of each way to share ``article``."""
    url = f"{settings.SITE_URL}{article.get_absolute_url()}"
    both = f"{article.title} {url}"
    mail = urlencode({"subject": article.title, "body": url}, quote_via=quote)
    return [
        (_("E-mail"), f"mailto:?{mail}"),
        ("WhatsApp", f"https://wa.me/?{urlencode({'text': both})}"),
        ("Bluesky", f"https://bsky.app/intent/compose?{urlencode({'text': both})}"),
        (
            "Facebook",
            f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}",
        ),
        (
            "X",
            f"https://x.com/intent/post?{urlencode({'text': article.title, 'url': url})}",
        ),
    ]
