from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.fields import RenderedField


class MarkdownText(models.Model):
    """Text an editor writes in Markdown, with its safe HTML beside it."""

    text = models.TextField(
        _("text"),
        blank=True,
        help_text=_(
            "Plain text. A blank line starts a paragraph, *stars* set emphasis, "
            "“- ” starts a list, [words](address) is a link."
        ),
    )
    html = RenderedField(_("HTML"), source="text")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is not None and "text" in fields:
            kwargs["update_fields"] = {*fields, "html"}
        super().save(*args, **kwargs)
