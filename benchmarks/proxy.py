"""nginx in front of a benchmark's site, with the configuration that owners are given."""

import os
import re
from pathlib import Path

from benchmarks.servers import ROOT, Server, start, tool

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def start_proxy(servers: list[Server], site: Server, port: int, folder: Path) -> Server:
    """Start docs/nginx/footcare.conf on ``port``, with ``site`` behind it."""
    text = (ROOT / "docs" / "nginx" / "footcare.conf").read_text()
    text = text.replace("access_log /var/log/nginx/access.log footcare;", "")
    text = re.sub(r"listen 80.*;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r"include /etc/nginx.*;", "", text)
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{site.port}")
    text = text.replace("/var/cache/", f"{folder}/")
    # Root's nginx would give its workers another user, who cannot write into our folder.
    user = "user root root;" if os.geteuid() == 0 else ""
    paths = " ".join(f"{one}_temp_path kept;" for one in TEMPORARY)
    (folder / "proxy.conf").write_text(
        f"{user} daemon off; worker_processes 2; pid proxy.pid; "
        "events { worker_connections 1024; } "
        f"http {{ access_log off; {paths} {text} }}"
    )
    command = [tool("nginx"), "-e", "stderr", "-p", str(folder), "-c", "proxy.conf"]
    log, host = folder / "proxy.log", site.headers["Host"]
    return start(servers, "proxy", port, command, log, host=host)
