from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("subscriptions/_slip.html", takes_context=True)
def subscribe_slip(context: template.Context) -> dict[str, Any]:
    """The slip at the foot of a page: one field, no script."""
    return {"site": context["site"]}
