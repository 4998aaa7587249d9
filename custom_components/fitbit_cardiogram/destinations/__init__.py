"""How samples leave: the forwarder that drains an outbox, and the destinations' wire contracts."""
