"""A ClickHouse server out of the package chdb-core: clickhouse.py FOLDER [CONFIGURATION].

Prints the port of the HTTP interface once it answers, and ends when its standard input does. The
package contains the whole server: `clickhouse-local` listens after `SYSTEM START LISTEN`. Without a
configuration, the server listens on a free port of this machine."""

import os
import sys
import threading
import time

FREE = """<clickhouse>
  <listen_host>127.0.0.1</listen_host><http_port>0</http_port><tcp_port>0</tcp_port>
  <logger><level>warning</level></logger>
  <max_server_memory_usage>2000000000</max_server_memory_usage>
  <background_pool_size>2</background_pool_size>
</clickhouse>"""

folder = os.path.abspath(sys.argv[1])
configuration = open(sys.argv[2]).read() if len(sys.argv) > 2 else FREE
# The configuration is read from the home folder.
home = os.path.join(folder, "home")
os.makedirs(os.path.join(home, ".clickhouse-local"), exist_ok=True)
with open(os.path.join(home, ".clickhouse-local", "config.xml"), "w") as file:
    file.write(configuration)
os.environ["HOME"] = home
os.chdir(home)
with open(os.path.join(folder, "id"), "w") as file:
    file.write(str(os.getpid()))
if os.path.exists("ports"):
    os.unlink("ports")


def tell():
    while not os.path.exists("ports") or not open("ports").read().endswith("\n"):
        time.sleep(0.02)
    print(open("ports").read().strip(), flush=True)


threading.Thread(target=tell, daemon=True).start()
from chdb import _chdb  # noqa: E402

# The query of the public interface cannot listen. This one lasts until the standard input ends.
_chdb.query(
    "SYSTEM START LISTEN TCP; SYSTEM START LISTEN HTTP;"
    "SELECT getServerPort('http_port') INTO OUTFILE 'ports' FORMAT TSV;"
    "SELECT * FROM file('/dev/stdin', 'LineAsString') FORMAT Null;"
    "SYSTEM STOP LISTEN HTTP; SYSTEM STOP LISTEN TCP",
    "TSV",
    path=os.path.join(folder, "data"),
)
