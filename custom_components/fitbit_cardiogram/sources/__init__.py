"""Where samples come from: one interface, the services behind it, and their shared errors."""
