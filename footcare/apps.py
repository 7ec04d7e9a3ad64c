from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class FootcareConfig(AppConfig):
    name = "footcare"
    default = True

    def ready(self) -> None:
        from footcare import checks  # noqa: F401  (registers the system checks)


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin with our log-in."""

    default_site = "footcare.admin_site.AdminSite"
    default = False
