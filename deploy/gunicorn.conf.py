"""How the web server runs, in the trial run and behind nginx. `WEB_WORKERS` and `WEB_THREADS` fit it to the machine."""

import os
from pathlib import Path

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
accesslog = "-"
# No query string, no address and no referer: a search may contain a name.
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
