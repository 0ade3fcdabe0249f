"""Programs out of plain words: one endpoint, our own prompt, and nothing kept that our front end does not pass."""
