from django.conf import settings
from django.db import migrations

from comments.scoring.defaults import default_rules


def write_rules(apps, schema_editor):
    """Once: a rule that the owner deletes does not come back."""
    rule = apps.get_model("comments", "Rule")
    rule.objects.bulk_create(
        [rule(**columns) for columns in default_rules(settings.LANGUAGE_CODE)],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("comments", "0002_conversation")]

    operations = [migrations.RunPython(write_rules, migrations.RunPython.noop)]
