"""Where people are told of what happens: channels, events, quiet hours."""
