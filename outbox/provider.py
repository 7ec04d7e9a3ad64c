"""What an e-mail provider's refusals mean; django-anymail speaks with it.

Imported only where MAIL_PROVIDER is set, since django-anymail is an extra.
"""

from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from requests import ConnectionError as NoConnection
from requests import RequestException
from urllib3.exceptions import MaxRetryError

from outbox.line import Blames, DeliveryError

ERRORS = (AnymailError, RequestException)

_ABOUT_THE_MAIL = (
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
# The key, the account, the address of the interface, the pace: no mail can go just now.
_NOBODYS_MAIL = {401, 402, 403, 404, 407, 408, 421, 429}
_ANSWER_LOST = {502, 504}  # a gateway says that it heard nothing from the one behind it


def judged(error: Exception) -> DeliveryError:
    """``error``, one of ERRORS, as what it means for the mail."""
    words = " ".join(map(str, error.args)) or type(error).__name__
    if isinstance(error, _ABOUT_THE_MAIL):
        return DeliveryError(words, blames=Blames.MAIL, is_permanent=True)
    code = getattr(error, "status_code", None)
    if code is None:
        return DeliveryError(
            words, blames=Blames.LINE, in_doubt=_may_have_arrived(error)
        )
    words = f"{code} {_said(error)}"
    if 400 <= code < 500 and code not in _NOBODYS_MAIL:
        return DeliveryError(words, blames=Blames.MAIL, is_permanent=True)
    # Taken, but the rest of the answer is no answer.
    in_doubt = code in _ANSWER_LOST or 200 <= code < 300
    return DeliveryError(words, blames=Blames.LINE, in_doubt=in_doubt)


def _may_have_arrived(error: Exception) -> bool:
    """Whether the line broke after it stood: then the mail may have been handed over."""
    if not isinstance(error, RequestException):
        return False
    if isinstance(error, NoConnection):
        why = getattr(error.__cause__, "args", ())
        # Nobody there, no certificate, no answer to the call: it never stood.
        return not (why and isinstance(why[0], MaxRetryError))
    return not isinstance(error, ValueError)  # an address of the interface that is none


def _said(error: Exception) -> str:
    """The words of the provider, as far as they are some."""
    answer = getattr(error, "response", None)
    text = getattr(answer, "text", "")
    return text or str(error) if isinstance(error, AnymailAPIError) else str(error)
