"""How the web server runs, in the trial run and behind nginx. `WEB_WORKERS` and `WEB_THREADS` fit it to the machine."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config.env import current
from config.logs import logging_for

# Each process counts its requests into files of this folder; /metrics adds them up. Set before anything is counted.
GIVEN = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
METRICS = Path(GIVEN or tempfile.mkdtemp(prefix="sbs-metrics-"))
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)

bind = "0.0.0.0:8000"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
forwarded_allow_ips = ""  # addresses come from our own middleware and its list of trusted proxies
limit_request_line = 8190
control_socket_disable = True  # nobody steers it from beside
accesslog = None  # the portal writes its own line for each request, without address and query
logconfig_dict = logging_for(current().log_format)
# Its errors go through the same filter as everything else; its line for each request would name address and path.
logconfig_dict["loggers"]["gunicorn.error"] = {"handlers": [], "level": "INFO", "propagate": True}
logconfig_dict["loggers"]["gunicorn.access"] = {"handlers": [], "level": "CRITICAL", "propagate": False}
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None


def child_exit(server, worker):
    """The counters of a process that ended stay; its gauges go."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    """A folder made for the counters goes with the server; a given one may be another version's too, which still counts."""
    if not GIVEN:
        shutil.rmtree(METRICS, ignore_errors=True)
