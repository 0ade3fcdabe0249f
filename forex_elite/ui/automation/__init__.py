"""Commands to the automation of many accounts, with one answer per account, from any page."""
