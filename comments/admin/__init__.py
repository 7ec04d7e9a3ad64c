"""What moderators work with, one module a desk."""

from comments.admin import comment, event, reader, rules

__all__ = ["comment", "event", "reader", "rules"]
