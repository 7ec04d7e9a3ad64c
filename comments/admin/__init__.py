"""What moderators work with, one module a desk."""

from comments.admin import comment, rules

__all__ = ["comment", "rules"]
