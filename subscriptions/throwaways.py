"""Domains whose addresses are thrown away, as a site begins: the owner's list from then on.

A few that have been well known for years. Lists of many thousands exist; they go out of date
within weeks, and hold domains that people live on.
"""

KNOWN = """
10minutemail.com
discard.email
dispostable.com
emailondeck.com
fakeinbox.com
getairmail.com
getnada.com
grr.la
guerrillamail.com
guerrillamail.net
guerrillamail.org
incognitomail.org
inboxkitten.com
mailcatch.com
maildrop.cc
mailinator.com
mailnesia.com
mintemail.com
moakt.com
mohmal.com
mytemp.email
sharklasers.com
spam4.me
spamgourmet.com
temp-mail.org
tempail.com
tempmail.com
tempr.email
throwawaymail.com
trash-mail.com
trashmail.com
trashmail.de
wegwerfemail.de
wegwerfmail.de
yopmail.com
yopmail.fr
"""


def known() -> str:
    """One a line."""
    return KNOWN.strip()
