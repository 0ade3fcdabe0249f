"""The kill switch, reachable from every page."""
