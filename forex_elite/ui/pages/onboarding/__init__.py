"""The disclaimer and risk preferences, once after registration."""
