"""The application of this process, made from the environment when a WSGI server loads it."""

import gc
from contextlib import ExitStack

from marketplace.app.boot import running_settings
from marketplace.app.factory import create_app
from marketplace.app.requests import configure_logs

resources = ExitStack()
"""What stays open as long as the process lives (the embedded database)."""

configure_logs()
application = create_app(resources.enter_context(running_settings()))
gc.collect()
gc.freeze()
"""What the application is made of stays for good: looking through it again and again would take time from requests."""
