"""Where the e-mail provider tells what became of a mail: /mail/<provider>/tracking/.

Only the one address of the one provider: each of the others would be a door more.
"""

from anymail.urls import urlpatterns as of_all
from django.conf import settings

urlpatterns = [
    pattern
    for pattern in of_all
    if pattern.name == f"{settings.MAIL_PROVIDER}_tracking_webhook"
]
