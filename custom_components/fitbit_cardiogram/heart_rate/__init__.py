"""The domain: samples, intervals, zones, days, alerts and workouts. Knows nothing of Home Assistant."""
