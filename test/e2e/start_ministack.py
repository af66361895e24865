"""ministack, in which the caller is EC2.

Like EventBridge, its PutEvents takes events of source aws.* from AWS's own services alone. The test hands on what the
sandbox's EC2 tells of its images, so here they are taken from it too; everything else is ministack as it is.
"""

from ministack import app
from ministack.services import eventbridge

eventbridge._put_events.__defaults__ = (True,)  # allow_aws_source
app.main()
