"""The tables of the archive, and the way to them from those of older releases.

- `samples`, `hours` (counted from them), `days` (summaries as JSON), `facts` (values under a name).
- `destinations`, and of each: `coverage` (the stretches of time that it is to get), `outbox` (what waits),
  `batches` (the one in flight), `quarantine` (what it refused), `had` (hours of which it got something that
  was dropped here since; it does not get that twice).
- `gone`: stretches that take in no more samples. `marks`: what the source told of an hour at its last
  reading. `missing`: samples that this reading was without.
"""

SCHEMA_VERSION = 3

SCHEMA = """
CREATE TABLE samples (time INTEGER PRIMARY KEY, bpm INTEGER NOT NULL, version INTEGER NOT NULL) STRICT;
CREATE TABLE hours (
    hour INTEGER PRIMARY KEY,
    count INTEGER NOT NULL, sum INTEGER NOT NULL, min INTEGER NOT NULL, max INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE days (day TEXT PRIMARY KEY, summary TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 0) STRICT;
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
    count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
) STRICT;
CREATE TABLE quarantine (
    destination TEXT NOT NULL, time INTEGER NOT NULL, bpm INTEGER NOT NULL, version INTEGER NOT NULL,
    arrived INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (destination, time)
) STRICT, WITHOUT ROWID;
CREATE TABLE gone (start INTEGER NOT NULL, end INTEGER NOT NULL) STRICT;
CREATE TABLE marks (hour INTEGER PRIMARY KEY, digest INTEGER NOT NULL) STRICT;
CREATE TABLE missing (time INTEGER PRIMARY KEY, since INTEGER NOT NULL) STRICT;
CREATE TABLE had (
    destination TEXT NOT NULL, hour INTEGER NOT NULL, PRIMARY KEY (destination, hour)
) STRICT, WITHOUT ROWID;
INSERT INTO facts VALUES ('fresh', 1);
"""

# What brings a file of each older version to the next one.
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
}
