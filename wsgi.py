"""What a WSGI server loads."""

from marketplace.app.server import application

__all__ = ["application"]
