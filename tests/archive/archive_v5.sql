-- An archive as version 5 left it, with rows in every table: four samples, of which one was delivered, one is
-- in flight, one waits and one was quarantined; a delivered hour before them was dropped, and one is suspect.
-- Of two workouts that tell of the same, one is hidden.
BEGIN;
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
INSERT INTO samples VALUES (1795255200, 60, 1), (1795255205, 65, 1), (1795255206, 66, 1), (1795255207, 67, 1);
INSERT INTO hours VALUES (1795255200, 4, 258, 60, 67, 1);
INSERT INTO days VALUES (
    '2026-11-20',
    '{"day": "2026-11-20", "resting": {"day": "2026-11-18", "bpm": 55}, "zones": []}', 1, 'Europe/Berlin'
);
INSERT INTO facts VALUES ('version', 1), ('time_zone', 'Europe/Berlin'), ('revision', 7), ('days_version', 1),
    ('source', 'google_health'), ('workouts_version', 2), ('workouts_announced_from', 1795255200),
    ('daily_version', 1), ('alerts_announced', '[["high", 1795255200, 1795255207]]');
INSERT INTO destinations VALUES ('cardiogram', 1, 1, 1795291200, 0, 0, NULL, 0);
INSERT INTO coverage VALUES ('cardiogram', 0, 4611686018427387904);
INSERT INTO outbox VALUES
    ('cardiogram', 1795255205, 1, 1795291200, 1), ('cardiogram', 1795255206, 1, 1795291200, NULL);
INSERT INTO batches VALUES (
    'cardiogram', '0123456789abcdef', CAST('{"beats":[]}' AS BLOB), 1, 1795255205, 1795255205, 2, 1795291200
);
INSERT INTO quarantine VALUES ('cardiogram', 1795255207, 67, 1, 1795291200, 'beats_refused');
INSERT INTO purged VALUES (0, 1795255200);
INSERT INTO fingerprints VALUES (1795255200, 60, 42);
INSERT INTO suspects VALUES (1795255207, 1795293600);
INSERT INTO delivered_hours VALUES ('cardiogram', 1795251600);
INSERT INTO workouts VALUES (
    'run', 1795255200, 1795257000, '2026-11-21',
    '{"id": "run", "type": "RUNNING", "start": 1795255200, "end": 1795257000, "platform": "FITBIT"}',
    2, NULL, NULL, 1795291200, '{"count": 4, "lowest": 60, "mean": 64.5, "highest": 67, "zones": {}}', 1, NULL
), (
    'copy', 1795255200, 1795257000, '2026-11-21',
    '{"id": "copy", "type": "RUNNING", "start": 1795255200, "end": 1795257000, "platform": "HEALTH_CONNECT"}',
    1, 'run', 1795293600, NULL, NULL, NULL, NULL
);
INSERT INTO daily_values VALUES ('breathing_rate', '2026-11-20', 14.5, 1);
PRAGMA user_version = 5;
COMMIT;
