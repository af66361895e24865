"""ministack, in which the caller is EC2, and in whose Scheduler it is always the same time of the same day.

Like EventBridge, its PutEvents takes events of source aws.* from AWS's own services alone. The test hands on what the
sandbox's EC2 tells of its images, so here they are taken from it too.

Its Scheduler fires by the clock, so that which schedules fire within a run would depend on when the run is. Here its
clock starts at a moment from which nothing but a schedule of each minute is due for half an hour: the next sweep is
that of minute 25. From there on it runs as fast as any. Everything else is ministack as it is.
"""

import time
from datetime import datetime, timezone
from types import SimpleNamespace

from ministack import app
from ministack.services import eventbridge, scheduler

eventbridge._put_events.__defaults__ = (True,)  # allow_aws_source

STARTED = time.monotonic()
WEDNESDAY = datetime(2026, 11, 25, 12, 51, tzinfo=timezone.utc).timestamp()
scheduler.time = SimpleNamespace(time=lambda: WEDNESDAY + time.monotonic() - STARTED, sleep=time.sleep)

app.main()
