"""Tests of the integration, through Home Assistant and simulated services."""
