import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import subscriptions.models.subscriber
import subscriptions.throwaways


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0006_conversation"),
        ("subscriptions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("until", models.DateTimeField(unique=True, verbose_name="until")),
                (
                    "made_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="made at"
                    ),
                ),
            ],
            options={
                "verbose_name": "digest",
                "verbose_name_plural": "digests",
                "ordering": ["-until"],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("article", "Article"),
                            ("note", "Own words"),
                            ("digest", "Weekly digest"),
                        ],
                        default="note",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("sending", "Being sent"),
                            ("paused", "Paused"),
                            ("sent", "Sent"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("subject", models.CharField(max_length=150, verbose_name="subject")),
                (
                    "preview",
                    models.CharField(
                        blank=True,
                        help_text="What mail programs show beside the subject.",
                        max_length=200,
                        verbose_name="preview line",
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        help_text="Markdown: paragraphs, lists, quotes, emphasis, links, headings.",
                        verbose_name="text",
                    ),
                ),
                (
                    "at_most_once",
                    models.BooleanField(
                        default=False,
                        help_text="Whoever may or may not have got the letter when a worker was killed does not get it again. Else they may, once, and nobody is left out.",
                        verbose_name="at most once",
                    ),
                ),
                (
                    "is_automatic",
                    models.BooleanField(
                        default=False, editable=False, verbose_name="automatic"
                    ),
                ),
                (
                    "frozen_subject",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=150,
                        verbose_name="frozen subject",
                    ),
                ),
                (
                    "html",
                    models.TextField(blank=True, editable=False, verbose_name="HTML"),
                ),
                (
                    "text",
                    models.TextField(
                        blank=True, editable=False, verbose_name="plain text"
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        default=subscriptions.models.subscriber.new_key,
                        editable=False,
                        max_length=32,
                        verbose_name="mark",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="created at"
                    ),
                ),
                (
                    "scheduled_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="scheduled at"
                    ),
                ),
                (
                    "queued_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="queued at"
                    ),
                ),
                (
                    "worked_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="worked at"
                    ),
                ),
                (
                    "finished_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="finished at"
                    ),
                ),
                (
                    "pause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("owner", "Paused by an editor"),
                            ("failures", "Too many failures in a row"),
                            ("stale", "Its time has passed; somebody has to decide"),
                            ("obstacle", "Something stands against sending it"),
                        ],
                        max_length=10,
                        verbose_name="why it is paused",
                    ),
                ),
                (
                    "pause_words",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="what happened"
                    ),
                ),
                (
                    "failures_in_row",
                    models.PositiveIntegerField(
                        default=0, editable=False, verbose_name="failures in a row"
                    ),
                ),
            ],
            options={
                "verbose_name": "letter",
                "verbose_name_plural": "letters",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SendingSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "send_on_publish",
                    models.BooleanField(
                        default=False,
                        help_text="Only those that are published from now on.",
                        verbose_name="send each article when it is published",
                    ),
                ),
                (
                    "send_published_since",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        null=True,
                        verbose_name="those published since",
                    ),
                ),
                (
                    "digest_weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=4,
                        verbose_name="day of the weekly digest",
                    ),
                ),
                (
                    "digest_hour",
                    models.PositiveSmallIntegerField(
                        default=9,
                        validators=[django.core.validators.MaxValueValidator(23)],
                        verbose_name="hour of the weekly digest",
                    ),
                ),
                (
                    "stale_hours",
                    models.PositiveSmallIntegerField(
                        default=12,
                        help_text="A letter whose time passed so long ago is not sent by itself: the site was away, or was restored from a backup.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="ask again after so many hours",
                    ),
                ),
                (
                    "per_second",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="0 means as many as the server takes.",
                        verbose_name="letters a second",
                    ),
                ),
                (
                    "per_hour",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Sent evenly: 400 an hour is one each nine seconds. 0 means no limit.",
                        verbose_name="letters an hour",
                    ),
                ),
                (
                    "stop_after",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="pause after so many failures in a row",
                    ),
                ),
                (
                    "alert_email",
                    models.EmailField(
                        blank=True,
                        help_text="Empty: the contact e-mail of the site, else every superuser.",
                        max_length=254,
                        verbose_name="who is told of trouble",
                    ),
                ),
                (
                    "imprint",
                    models.TextField(
                        blank=True,
                        help_text="Your postal address, where the law asks for it.",
                        max_length=500,
                        verbose_name="at the end of each letter",
                    ),
                ),
                (
                    "refuse_roles",
                    models.BooleanField(
                        default=True,
                        help_text="Such as postmaster@ or abuse@, behind which nobody subscribes.",
                        verbose_name="refuse addresses of offices",
                    ),
                ),
                (
                    "refused_domains",
                    models.TextField(
                        blank=True,
                        default=subscriptions.throwaways.known,
                        help_text="One a line, those below it included. Those of throw-away addresses, as you see fit.",
                        verbose_name="refused domains",
                    ),
                ),
                (
                    "soft_bounces",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MinValueValidator(2)],
                        verbose_name="soft bounces until an address counts as bounced",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter settings",
                "verbose_name_plural": "letter settings",
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        max_length=64, unique=True, verbose_name="hash of the address"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("left", "Left"),
                            ("complaint", "Reported a letter as spam"),
                            ("bounced", "Bounced"),
                            ("erased", "Had the address erased"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                (
                    "since",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="since"
                    ),
                ),
            ],
            options={
                "verbose_name": "suppression",
                "verbose_name_plural": "suppressions",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "day",
                    models.DateField(
                        primary_key=True, serialize=False, verbose_name="day"
                    ),
                ),
                (
                    "joined",
                    models.PositiveIntegerField(default=0, verbose_name="joined"),
                ),
                (
                    "imported",
                    models.PositiveIntegerField(default=0, verbose_name="imported"),
                ),
                ("left", models.PositiveIntegerField(default=0, verbose_name="left")),
                (
                    "bounced",
                    models.PositiveIntegerField(default=0, verbose_name="bounced"),
                ),
                (
                    "complained",
                    models.PositiveIntegerField(
                        default=0, verbose_name="reported as spam"
                    ),
                ),
                (
                    "removed",
                    models.PositiveIntegerField(default=0, verbose_name="taken off"),
                ),
            ],
            options={
                "verbose_name": "tally",
                "verbose_name_plural": "statistics",
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="Turnstile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "free_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="free at"
                    ),
                ),
            ],
            options={
                "verbose_name": "turnstile",
                "verbose_name_plural": "turnstiles",
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "version",
                    models.CharField(
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                        verbose_name="version",
                    ),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("words", models.TextField(verbose_name="words")),
                (
                    "since",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="since"
                    ),
                ),
            ],
            options={
                "verbose_name": "wording",
                "verbose_name_plural": "wordings",
                "ordering": ["-since"],
            },
        ),
        migrations.AlterModelOptions(
            name="subscriber",
            options={
                "ordering": ["-pk"],
                "permissions": [
                    ("export_subscriber", "Can take subscribers away as a file")
                ],
                "verbose_name": "subscriber",
                "verbose_name_plural": "subscribers",
            },
        ),
        migrations.RenameField(
            model_name="subscriber", old_name="leave_key", new_name="letter_key"
        ),
        migrations.AddField(
            model_name="request",
            name="key",
            field=models.CharField(
                default=subscriptions.models.subscriber.new_key,
                editable=False,
                max_length=32,
                verbose_name="key",
            ),
        ),
        migrations.AddField(
            model_name="request",
            name="moves",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="moves",
                to="subscriptions.subscriber",
                verbose_name="change of address of",
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="bounced_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="bounced at"
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="changed_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="changed at"
            ),
        ),
        migrations.AlterField(
            model_name="subscriber",
            name="letter_key",
            field=models.CharField(
                default=subscriptions.models.subscriber.new_key,
                editable=False,
                max_length=32,
                verbose_name="key in letters",
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="pace",
            field=models.CharField(
                choices=[
                    ("each", "A letter for each new article"),
                    ("weekly", "Once a week, all in one letter"),
                ],
                default="each",
                max_length=10,
                verbose_name="pace",
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="paused_until",
            field=models.DateField(blank=True, null=True, verbose_name="paused until"),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="proof",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="proof of consent"
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="soft_bounced_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="first soft bounce at"
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="soft_bounces",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="soft bounces"
            ),
        ),
        migrations.AlterField(
            model_name="request",
            name="wording",
            field=models.CharField(blank=True, max_length=20, verbose_name="wording"),
        ),
        migrations.AlterField(
            model_name="subscriber",
            name="wording",
            field=models.CharField(blank=True, max_length=20, verbose_name="wording"),
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("uncertain", "Uncertain"),
                            ("dropped", "Not wanted any more"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="attempts"
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="due at"
                    ),
                ),
                (
                    "worker",
                    models.CharField(
                        blank=True, editable=False, max_length=32, verbose_name="worker"
                    ),
                ),
                (
                    "tried_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="tried at"
                    ),
                ),
                (
                    "error",
                    models.CharField(blank=True, max_length=300, verbose_name="error"),
                ),
                (
                    "bounced",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("hard", "Refused for good"),
                            ("soft", "Refused for the moment"),
                            ("complaint", "Reported as spam"),
                        ],
                        max_length=10,
                        verbose_name="came back",
                    ),
                ),
                (
                    "left_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="left at"),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deliveries",
                        to="subscriptions.subscriber",
                        verbose_name="subscriber",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Bounce",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        max_length=250, unique=True, verbose_name="source"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hard", "Refused for good"),
                            ("soft", "Refused for the moment"),
                            ("complaint", "Reported as spam"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(blank=True, max_length=20, verbose_name="status"),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="what the server said"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="at"
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bounces",
                        to="subscriptions.subscriber",
                        verbose_name="subscriber",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bounces",
                        to="subscriptions.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "bounce",
                "verbose_name_plural": "bounces",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checked", "Looked through"),
                            ("done", "Imported"),
                            ("undone", "Undone"),
                        ],
                        default="checked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "file_name",
                    models.CharField(blank=True, max_length=200, verbose_name="file"),
                ),
                ("content", models.TextField(blank=True, verbose_name="content")),
                ("mapping", models.JSONField(default=dict, verbose_name="columns")),
                (
                    "proof",
                    models.TextField(
                        help_text="When, where and in which words these people agreed to be written to.",
                        verbose_name="proof of consent",
                    ),
                ),
                ("report", models.JSONField(default=dict, verbose_name="report")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="created at"
                    ),
                ),
                (
                    "done_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="imported at"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="subscriber",
            name="imported",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="subscribers",
                to="subscriptions.import",
                verbose_name="imported with",
            ),
        ),
        migrations.AddIndex(
            model_name="subscriber",
            index=models.Index(fields=["state", "id"], name="subscriber_of_state"),
        ),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.CheckConstraint(
                condition=models.Q(("pace__in", ["each", "weekly"])),
                name="subscriber_pace_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "bounced"), _negated=True),
                    ("bounced_at__isnull", False),
                    _connector="OR",
                ),
                name="subscriber_bounced_has_time",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="article",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="letters",
                to="articles.article",
                verbose_name="article",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="articles",
            field=models.ManyToManyField(
                blank=True,
                related_name="digested",
                to="articles.article",
                verbose_name="articles",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="digest",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="letters",
                to="subscriptions.digest",
                verbose_name="digest",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="topics",
            field=models.ManyToManyField(
                blank=True,
                help_text="None chosen means everybody on the list.",
                to="articles.topic",
                verbose_name="to readers of",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="letter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="subscriptions.letter",
                verbose_name="letter",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendingsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("pk", 1)), name="sending_settings_one_row"
            ),
        ),
        migrations.AddConstraint(
            model_name="sendingsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("digest_hour__lte", 23), ("digest_weekday__lte", 6)
                ),
                name="sending_settings_digest_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["left", "complaint", "bounced", "erased"])
                ),
                name="suppression_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="turnstile",
            constraint=models.CheckConstraint(
                condition=models.Q(("pk", 1)), name="turnstile_one_row"
            ),
        ),
        migrations.AddConstraint(
            model_name="bounce",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["hard", "soft", "complaint"])),
                name="bounce_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["checked", "done", "undone"])),
                name="import_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["state", "scheduled_at"], name="letter_due"),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["article", "note", "digest"])),
                name="letter_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "scheduled",
                            "sending",
                            "paused",
                            "sent",
                            "cancelled",
                        ],
                    )
                ),
                name="letter_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sending", "sent"]), _negated=True),
                    models.Q(
                        ("queued_at__isnull", False),
                        models.Q(("html", ""), _negated=True),
                        models.Q(("text", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="letter_sent_is_frozen",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "scheduled"), _negated=True),
                    ("scheduled_at__isnull", False),
                    _connector="OR",
                ),
                name="letter_scheduled_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "paused"), models.Q(("pause", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("state", "paused"), _negated=True), ("pause", "")
                    ),
                    _connector="OR",
                ),
                name="letter_paused_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", False), ("state", "sent")),
                    models.Q(
                        models.Q(("state", "sent"), _negated=True),
                        ("finished_at", None),
                    ),
                    _connector="OR",
                ),
                name="letter_sent_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("kind", "article"), models.Q(("state", "cancelled"), _negated=True)
                ),
                fields=("article",),
                name="letter_of_article_once",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["letter", "state"], name="delivery_of_state"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "uncertain"])),
                fields=["letter", "due_at", "id"],
                name="delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "sending")),
                fields=["due_at"],
                name="delivery_leased",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["tried_at"], name="delivery_tried"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("letter", "subscriber"), name="delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["queued", "sending", "sent", "failed", "uncertain", "dropped"],
                    )
                ),
                name="delivery_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sending", "sent"]), _negated=True),
                    ("tried_at__isnull", False),
                    _connector="OR",
                ),
                name="delivery_sent_has_time",
            ),
        ),
    ]
