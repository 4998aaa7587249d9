"""The domain: samples, zones, days, and the archive that keeps them. Knows nothing of Home Assistant."""
