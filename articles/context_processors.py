from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from articles.models import SiteSettings


def site(request: HttpRequest) -> dict[str, Any]:
    """``site``: the owner's words and facts, read once a page and only where used."""
    return {"site": SimpleLazyObject(SiteSettings.load)}
