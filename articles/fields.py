"""Columns that nobody assigns: numbers kept by triggers, and HTML made from Markdown."""

from typing import Any

from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.signals import pre_save

from footcare.lib.markup import render_markdown


class DatabaseKeptField(models.PositiveBigIntegerField):
    """A number that triggers keep. Saving an instance never writes what it remembers.

    A new row begins with ``start``, an old one keeps the stored value. It is left out of
    fixtures: there the rows that are counted come along, and a stored count would count
    them twice.
    """

    def __init__(self, *args: Any, start: int = 0, **kwargs: Any) -> None:
        self.start = start
        kwargs |= {"default": start, "editable": False, "serialize": False}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("default", "editable", "serialize"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "start": self.start}

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            pre_save.connect(self._keep_when_raw, sender=cls)

    def pre_save(self, model_instance: models.Model, add: bool) -> int | Combinable:
        return self.start if add else models.F(self.attname)

    def _keep_when_raw(
        self, instance: models.Model, raw: bool, using: str, **kwargs: Any
    ) -> None:
        # `loaddata` saves raw: Django then writes the attribute without asking pre_save().
        if raw:
            stored = type(instance)._base_manager.using(using).filter(pk=instance.pk)
            value = self.pre_save(instance, add=not stored.exists())
            setattr(instance, self.attname, value)


class RenderedField(models.TextField):
    """The safe HTML of a Markdown field of the same model, made anew at every save."""

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs |= {"editable": False, "blank": True, "default": ""}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("editable", "blank", "default"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        html = render_markdown(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, html)
        return html
