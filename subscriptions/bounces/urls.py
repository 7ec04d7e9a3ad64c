"""Where the e-mail provider tells what became of a mail: /mail/<provider>/tracking/.

Only the one address of the one provider: each of the others would be a door more.
"""

from anymail.urls import urlpatterns as of_all
from django.conf import settings
from django.urls import path

from subscriptions.bounces.door import guarded

_NAME = f"{settings.MAIL_PROVIDER}_tracking_webhook"

urlpatterns = [
    path(
        f"{settings.MAIL_PROVIDER}/tracking/",
        guarded(pattern.callback.view_class).as_view(),
        name=_NAME,
    )
    for pattern in of_all
    if pattern.name == _NAME
]
