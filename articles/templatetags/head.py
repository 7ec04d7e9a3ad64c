"""What the head of a page tells machines."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles import sharing, structured
from footcare.lib.links import absolute_url

register = template.Library()
register.filter("absolute", absolute_url)
register.filter("json_ld", structured.script)
register.simple_tag(sharing.shared_picture)


@register.simple_tag(takes_context=True)
def canonical_url(context: template.Context) -> str:
    """The one address of the page: of every query it keeps the place in a list alone.

    A thread's pages are not among them: any comment's own address begins one, and all show
    the same article.
    """
    after = getattr(context.get("page"), "after", 0)
    return absolute_url(context["request"].path) + (f"?page={after}" if after else "")


@register.simple_tag(takes_context=True)
def page_graph(
    context: template.Context, title: str, parent: str = "", parent_url: str = ""
) -> SafeString:
    """The structured data of a page that is no article."""
    above = [(str(parent), parent_url)] if parent else []
    url = canonical_url(context)
    return structured.script(
        structured.page_graph(context["site"], url, str(title), above)
    )


@register.filter
def og_locale(language: str) -> Any:
    """A language as the Open Graph protocol writes it, which knows no language without land."""
    name, _, land = language.partition("-")
    return f"{name}_{land.upper() or ('GB' if name == 'en' else name.upper())}"
