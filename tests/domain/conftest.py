"""Property tests of this folder: repeatable, and without deadlines, because nothing here measures time."""

from hypothesis import settings

settings.register_profile("domain", deadline=None, derandomize=True, database=None)
settings.load_profile("domain")
