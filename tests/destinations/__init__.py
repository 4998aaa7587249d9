"""Tests of the forwarding."""
