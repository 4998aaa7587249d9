"""The tables of the archive, and the way to them from those of older releases.

- `samples`, `hours` (counted from them), `days` (summaries as JSON, and the time zone in which the day was
  lived), `facts` (values under a name).
- `workouts`, `sleep`: as JSON what the source says (`session`) and the figures; when they were counted
  (`counted`, a version of the samples); of workouts also with the limits of which day.
- `daily_values`: by kind and day.
- `destinations`, and of each: `coverage` (the intervals that it gets), `outbox` (pending beats), `batches`
  (the one in flight), `quarantine` (refused beats), `delivered` (delivered beats whose sample has been
  deleted or changed since), `delivered_hours` (hours with delivered beats that have been purged since).
- `purged`: intervals that take in no more samples. `fingerprints`: those of hours at their last reading, by
  the seconds between the samples that were asked for. `suspects`: samples that this reading lacked, and the
  moment from which a reading that lacks them is believed.
- `all_delivered`: the one definition of a delivered beat. A destination has every sample that it covers and
  that neither waits nor is quarantined; once that sample is deleted or changed, `delivered` remembers it.
  A beat that was given up counts among them, since it is not sent again either.
"""

SCHEMA_VERSION = 6

DELIVERED = """
CREATE TABLE delivered (
    time INTEGER NOT NULL, destination TEXT NOT NULL, bpm INTEGER NOT NULL, PRIMARY KEY (time, destination)
) STRICT, WITHOUT ROWID;
CREATE VIEW all_delivered AS
SELECT coverage.destination AS destination, samples.time AS time, samples.bpm AS bpm
FROM samples CROSS JOIN coverage ON samples.time >= coverage.start AND samples.time < coverage.end
WHERE NOT EXISTS (SELECT 1 FROM outbox
    WHERE outbox.destination = coverage.destination AND outbox.time = samples.time)
AND NOT EXISTS (SELECT 1 FROM quarantine
    WHERE quarantine.destination = coverage.destination AND quarantine.time = samples.time)
AND NOT EXISTS (SELECT 1 FROM delivered
    WHERE delivered.destination = coverage.destination AND delivered.time = samples.time)
UNION ALL SELECT destination, time, bpm FROM delivered;
CREATE TRIGGER remember_delivered BEFORE UPDATE OF bpm ON samples BEGIN
    INSERT INTO delivered (destination, time, bpm)
    SELECT destination, time, bpm FROM all_delivered WHERE time = OLD.time ON CONFLICT DO NOTHING;
END;
"""

WORKOUTS = """
CREATE TABLE workouts (
    id TEXT PRIMARY KEY, start INTEGER NOT NULL, end INTEGER NOT NULL, day TEXT NOT NULL,
    workout TEXT NOT NULL, version INTEGER NOT NULL, duplicate_of TEXT,
    suspect_since INTEGER, announced_at INTEGER, figures TEXT, counted INTEGER, limits_day TEXT
) STRICT;
CREATE INDEX workouts_by_start ON workouts (start);
CREATE INDEX workouts_by_end ON workouts (end);
CREATE INDEX workouts_to_announce ON workouts (end) WHERE announced_at IS NULL;
CREATE TABLE daily_values (
    kind TEXT NOT NULL, day TEXT NOT NULL, value REAL NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (kind, day)
) STRICT, WITHOUT ROWID;
"""

# Sessions of every kind have the same columns.
SLEEP = """
ALTER TABLE workouts RENAME COLUMN workout TO session;
CREATE TABLE sleep (
    id TEXT PRIMARY KEY, start INTEGER NOT NULL, end INTEGER NOT NULL, day TEXT NOT NULL,
    session TEXT NOT NULL, version INTEGER NOT NULL, duplicate_of TEXT,
    suspect_since INTEGER, announced_at INTEGER, figures TEXT, counted INTEGER
) STRICT;
CREATE INDEX sleep_by_start ON sleep (start);
CREATE INDEX sleep_by_end ON sleep (end);
CREATE INDEX sleep_by_day ON sleep (day);
"""

SCHEMA = (
    """
CREATE TABLE samples (time INTEGER PRIMARY KEY, bpm INTEGER NOT NULL, version INTEGER NOT NULL) STRICT;
CREATE TABLE hours (
    hour INTEGER PRIMARY KEY,
    count INTEGER NOT NULL, sum INTEGER NOT NULL, min INTEGER NOT NULL, max INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE days (
    day TEXT PRIMARY KEY, summary TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 0, zone TEXT
) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;
CREATE TABLE destinations (
    id TEXT PRIMARY KEY, automatic INTEGER NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0, last_delivery INTEGER,
    held INTEGER NOT NULL DEFAULT 0, given_up INTEGER NOT NULL DEFAULT 0, expires INTEGER,
    withdrawn INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE coverage (destination TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL) STRICT;
CREATE TABLE outbox (
    destination TEXT NOT NULL, time INTEGER NOT NULL, version INTEGER NOT NULL, arrived INTEGER NOT NULL,
    in_flight INTEGER, PRIMARY KEY (destination, time)
) STRICT, WITHOUT ROWID;
CREATE TABLE batches (
    destination TEXT PRIMARY KEY, key TEXT NOT NULL, body BLOB NOT NULL,
    count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 1, attempted_at INTEGER
) STRICT;
CREATE TABLE quarantine (
    destination TEXT NOT NULL, time INTEGER NOT NULL, bpm INTEGER NOT NULL, version INTEGER NOT NULL,
    arrived INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (destination, time)
) STRICT, WITHOUT ROWID;
CREATE TABLE purged (start INTEGER NOT NULL, end INTEGER NOT NULL) STRICT;
CREATE TABLE fingerprints (
    hour INTEGER NOT NULL, detail INTEGER NOT NULL, digest INTEGER NOT NULL, PRIMARY KEY (hour, detail)
) STRICT, WITHOUT ROWID;
CREATE TABLE suspects (time INTEGER PRIMARY KEY, believed_at INTEGER NOT NULL) STRICT;
CREATE TABLE delivered_hours (
    destination TEXT NOT NULL, hour INTEGER NOT NULL, PRIMARY KEY (destination, hour)
) STRICT, WITHOUT ROWID;
INSERT INTO facts VALUES ('fresh', 1);
"""
    + DELIVERED
    + WORKOUTS
    + SLEEP
)

# The steps from each older version to the next one.
MIGRATIONS = {
    1: """
ALTER TABLE hours ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE destinations ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE destinations ADD COLUMN given_up INTEGER NOT NULL DEFAULT 0;
ALTER TABLE destinations ADD COLUMN expires INTEGER;
CREATE TABLE gone (start INTEGER NOT NULL, end INTEGER NOT NULL) STRICT;
INSERT INTO gone SELECT 0, value FROM facts WHERE name = 'kept_from';
DELETE FROM facts WHERE name = 'kept_from';
""",
    2: """
ALTER TABLE days ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE destinations ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;
CREATE TABLE marks (hour INTEGER PRIMARY KEY, digest INTEGER NOT NULL) STRICT;
CREATE TABLE missing (time INTEGER PRIMARY KEY, since INTEGER NOT NULL) STRICT;
CREATE TABLE had (
    destination TEXT NOT NULL, hour INTEGER NOT NULL, PRIMARY KEY (destination, hour)
) STRICT, WITHOUT ROWID;
""",
    # Days had no zone; the account's is that of the last poll. A fingerprint of Fitbit's stands for minutes.
    3: """
ALTER TABLE days ADD COLUMN zone TEXT;
UPDATE days SET zone = (SELECT value FROM facts WHERE name = 'time_zone' AND typeof(value) = 'text');
ALTER TABLE batches ADD COLUMN attempts INTEGER NOT NULL DEFAULT 1;
ALTER TABLE batches ADD COLUMN attempted_at INTEGER;
ALTER TABLE gone RENAME TO purged;
ALTER TABLE had RENAME TO delivered_hours;
CREATE TABLE fingerprints (
    hour INTEGER NOT NULL, detail INTEGER NOT NULL, digest INTEGER NOT NULL, PRIMARY KEY (hour, detail)
) STRICT, WITHOUT ROWID;
INSERT INTO fingerprints
SELECT hour, iif((SELECT value FROM facts WHERE name = 'source') = 'fitbit', 60, 0), digest FROM marks;
DROP TABLE marks;
CREATE TABLE suspects (time INTEGER PRIMARY KEY, believed_at INTEGER NOT NULL) STRICT;
INSERT INTO suspects SELECT time, since + 3600 FROM missing;
DROP TABLE missing;
UPDATE facts SET name = 'alerts_announced' WHERE name = 'alerts_told';
"""
    + DELIVERED,
    4: WORKOUTS,
    5: SLEEP,
}
