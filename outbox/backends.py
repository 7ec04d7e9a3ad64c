"""Where mails go while no EMAIL_URL is set: files that any mail program opens."""

import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class FileBackend(BaseEmailBackend):
    """Keep each mail as one ``.eml`` file in ``settings.EMAIL_FILE_PATH``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for mail in email_messages:
            now = timezone.now().strftime("%Y-%m-%d-%H%M%S-%f")
            name = re.sub(r"[^\w@.-]", "_", mail.to[0])[:80]
            file = folder / f"{now}-{name}.eml"
            file.write_bytes(mail.message().as_bytes())
            mail.kept_as = f" (kept as {file})"  # type: ignore[attr-defined]
        return len(email_messages)
