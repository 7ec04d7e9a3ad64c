from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()


@register.filter
def lang_attributes(language: str) -> SafeString:
    """``lang`` (and ``dir`` where it turns) of words that are not in the page's language."""
    page = get_language() or settings.LANGUAGE_CODE
    if language == page:
        return mark_safe("")
    direction = ["ltr", "rtl"][_is_rtl(language)]
    turns = _is_rtl(language) != _is_rtl(page)
    return format_html(
        ' lang="{}"{}', language, format_html(' dir="{}"', direction) if turns else ""
    )


def _is_rtl(language: str) -> bool:
    return language.split("-")[0] in settings.LANGUAGES_BIDI
