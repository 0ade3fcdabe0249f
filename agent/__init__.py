"""The companion beside the terminals: claims jobs from the server, executes them, reports what the terminals say."""

__version__ = "0.1.0"
