from typing import Any

from django.core.management.base import BaseCommand, CommandError

from comments import counting, moderation
from comments.models import Comment
from footcare.lib import triggers


class Command(BaseCommand):
    help = (
        "Compare every comments_count with the comments, repair what is wrong and say what "
        "was. In a healthy site always 0. Safe while the site runs."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="only look; exit with 1 if anything is wrong",
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        lost = triggers.missing()
        corrections = counting.recount(repair=not check)
        if lost and not check:
            triggers.restore()
        for name in lost:
            self.stdout.write(f"Trigger {name} was missing.")
        for one in corrections:
            self.stdout.write(f"{one.of}: said {one.was}, has {one.now}.")
        misplaced = moderation.misplaced(Comment.objects.all())
        for comment in misplaced.order_by("pk"):
            self.stdout.write(
                f"Comment {comment.pk} stands apart from what it answers."
            )
        verb = "are wrong" if check else "corrected"
        self.stdout.write(f"{len(corrections)} counts {verb}.")
        if check and (lost or corrections or misplaced):
            raise CommandError("The comments need a repair.", returncode=1)
