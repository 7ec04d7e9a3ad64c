"""Which addresses the owner does not take."""

from subscriptions.models import SendingSettings

# Behind these stands a machine or whoever is on duty (RFC 2142), never a reader.
ROLES = {
    "abuse", "admin", "administrator", "hostmaster", "mailer-daemon", "no-reply",
    "noc", "noreply", "postmaster", "root", "security", "webmaster",
}  # fmt: skip


class Refusals:
    """The owner's rules, read once for a whole list."""

    def __init__(self) -> None:
        rules = SendingSettings.load()
        self.roles = ROLES if rules.refuse_roles else set()
        self.domains = {
            line.strip().lstrip("@.").lower()
            for line in rules.refused_domains.splitlines()
        } - {""}

    def refuse(self, email: str) -> bool:
        """Whether ``email`` is the address of an office, or of a refused domain or below."""
        local, _, domain = email.lower().rpartition("@")
        labels = domain.split(".")
        above = {".".join(labels[number:]) for number in range(len(labels))}
        return local in self.roles or bool(above & self.domains)
