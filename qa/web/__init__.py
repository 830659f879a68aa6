"""The web page: a view a file, served on this machine. Views show what the qa library returns and decide nothing."""

from qa.web.server import serve

__all__ = ["serve"]
