from django.db import migrations, models

import articles.fields


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_reading")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="discussed_at",
            field=articles.fields.DatabaseKeptField(
                start=0, verbose_name="discussed at"
            ),
        ),
        migrations.AddField(
            model_name="sitesettings",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="updated at"),
        ),
    ]
