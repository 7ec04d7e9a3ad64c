"""The site's own settings, with a database of SQLite that takes nothing more.

A file's mode would not stop root, and who has opened the file already may go on writing.
"""

from footcare.settings import *  # noqa: F403
from footcare.settings import DATABASES

DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA query_only=ON;"
