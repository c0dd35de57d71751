"""The application of this process, made from the environment when a WSGI server loads it."""

from contextlib import ExitStack

from marketplace.app.boot import running_settings
from marketplace.app.factory import create_app
from marketplace.app.requests import configure_logs

resources = ExitStack()
"""What stays open as long as the process lives (the embedded database)."""

configure_logs()
application = create_app(resources.enter_context(running_settings()))
