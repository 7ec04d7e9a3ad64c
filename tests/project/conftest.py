import pytest
from django.contrib.auth.models import User

from tests.project.steps import PASSWORD


@pytest.fixture
def owner(db):
    return User.objects.create_superuser("Owner", password=PASSWORD)
