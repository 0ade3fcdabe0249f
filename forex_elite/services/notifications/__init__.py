"""How people are told beyond the browser: channels, the outbox, and the Telegram bot."""
