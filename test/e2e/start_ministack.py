"""ministack, in which the caller is EC2, and in whose Scheduler it is always the same time of the same day.

Like EventBridge, its PutEvents takes events of source aws.* from AWS's own services alone. The test hands on what the
sandbox's EC2 tells of its images, so here they are taken from it too.

Its Scheduler fires by the clock, so that which schedules fire within a run would depend on when the run is and how long
it takes. Here its clock starts a minute before a sweep of drills, which comes each five minutes, runs as fast as any,
and stands still a second before any other sweep: within a run nothing else fires but a schedule of each minute.
Everything else is ministack as it is.
"""

import time
from datetime import datetime, timezone
from types import SimpleNamespace

from ministack import app
from ministack.services import eventbridge, scheduler

eventbridge._put_events.__defaults__ = (True,)  # allow_aws_source

STARTED = time.monotonic()
BEGINS = datetime(2026, 11, 25, 12, 41, tzinfo=timezone.utc).timestamp()
STANDS_STILL = datetime(2026, 11, 25, 12, 54, 59, tzinfo=timezone.utc).timestamp()
scheduler.time = SimpleNamespace(
    time=lambda: min(BEGINS + time.monotonic() - STARTED, STANDS_STILL),
    sleep=time.sleep,
)

app.main()
