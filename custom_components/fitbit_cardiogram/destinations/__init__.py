"""Destinations: the forwarder that drains an outbox, and the wire contract of each destination."""
