"""Behaviour of the whole, across modules."""
