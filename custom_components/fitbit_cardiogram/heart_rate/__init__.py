"""The domain: samples, intervals, zones, days and alerts. Knows nothing of Home Assistant."""
