from comments.models.comment import (
    BODY_LENGTH,
    COMMENTS_A_PAGE,
    NAME_LENGTH,
    Comment,
    CommentQuerySet,
)
from comments.models.moderating import (
    Event,
    News,
    Report,
    Scrutiny,
)
from comments.models.reader import MailAsked, Notice, Reader
from comments.models.rules import Ban, ModerationSettings, Rule, SavedReply

__all__ = [
    "BODY_LENGTH",
    "COMMENTS_A_PAGE",
    "NAME_LENGTH",
    "Ban",
    "Comment",
    "CommentQuerySet",
    "Event",
    "MailAsked",
    "ModerationSettings",
    "News",
    "Notice",
    "Reader",
    "Report",
    "Rule",
    "SavedReply",
    "Scrutiny",
]
