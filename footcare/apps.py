from django.apps import AppConfig


class FootcareConfig(AppConfig):
    name = "footcare"

    def ready(self) -> None:
        from footcare import checks  # noqa: F401  (registers the system checks)
