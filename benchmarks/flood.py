"""How long readers wait while a flood of forms comes in.

`python -m benchmarks.flood` reads the article page with wrk, in turns without and with a
flood: many connections that send the comment form and the sign-up as fast as they are
answered, from one network; once to gunicorn itself and once through docs/nginx/footcare.conf.
It needs wrk and nginx, and `make run` once before. It prints the p99 of reading; under the
flood it should be at most three times as long.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.proxy import start_proxy
from benchmarks.servers import Figures, Server, drive, free_ports, start, stop, tool
from benchmarks.site import ARTICLE, GUNICORN, make_site, set_environment

MOST_TIMES = 3
FORMS = """
local n = 0
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
request = function()
  n = n + 1
  if n % 2 == 0 then
    return wrk.format("POST", "/subscribe/", nil, "email=flood" .. n .. "@example.org")
  end
  return wrk.format("POST", "COMMENTS", nil, "name=Flood&body=Flood+" .. n)
end
""".replace("COMMENTS", f"{ARTICLE}comments/")


def main() -> None:
    options = arguments()
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(prefix="footcare-flood-")
        folder = Path(stack.enter_context(made))
        port, front = free_ports(2)
        set_environment(folder, port)
        make_site()
        script = folder / "forms.lua"
        script.write_text(FORMS)
        servers: list[Server] = []
        stack.callback(stop, servers)
        site = start(servers, "gunicorn", port, GUNICORN, folder / "log")
        proxy = start_proxy(servers, site, front, folder)
        results = [measure(one, script, options) for one in (site, proxy)]
        sys.exit(max(results))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flood")
    for name, default in (("rounds", 3), ("seconds", 8), ("readers", 4), ("flood", 64)):
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


def measure(site: Server, script: Path, options: argparse.Namespace) -> int:
    def read() -> Figures:
        return drive(site, ARTICLE, options.seconds, options.readers)

    calm, flooded, sent = [], [], []
    read()  # warm up
    for _ in range(options.rounds):
        calm.append(read())
        with flood(site, script, options, sent):
            flooded.append(read())
    before, after = (statistics.median(f.p99 for f in one) for one in (calm, flooded))
    rates = [statistics.median(f.requests for f in one) for one in (calm, flooded)]
    print(
        f"\n{site.name}:\n| | p99 ms | pages a second | forms a second |\n|---|---|---|---|"
    )
    print(f"| without | {before:.1f} | {rates[0]:.0f} | 0 |")
    print(f"| under the flood | {after:.1f} | {rates[1]:.0f} | {sent[-1]:.0f} |")
    print(f"{after / before:.2f} times as long, at most {MOST_TIMES} are wanted.")
    return int(after > MOST_TIMES * before)


@contextmanager
def flood(
    site: Server, script: Path, options: argparse.Namespace, sent: list[float]
) -> Iterator[None]:
    """Send forms while the block runs; how many a second comes into ``sent``."""
    command = [tool("wrk"), "-t1", f"-c{options.flood}", f"-d{options.seconds + 4}s"]
    command += ["-H", f"Host: {site.headers['Host']}"]
    command += ["-s", str(script), f"http://127.0.0.1:{site.port}/"]
    sender = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(2)  # until it is over every limit
        yield
    finally:
        said, _ = sender.communicate(timeout=60)
    sent.append(float(said.partition("Requests/sec:")[2].split()[0]))


if __name__ == "__main__":
    main()
