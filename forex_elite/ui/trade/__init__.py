"""One trade in detail: what happened to it, its facts, and the orders about it. Over the pages that list trades."""
