-- An archive as version 4 left it, with rows in every table: four samples, of which one was delivered, one is
-- in flight, one waits and one was quarantined; a delivered hour before them was dropped, and one is suspect.
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
INSERT INTO samples VALUES (1795255200, 60, 1), (1795255205, 65, 1), (1795255206, 66, 1), (1795255207, 67, 1);
INSERT INTO hours VALUES (1795255200, 4, 258, 60, 67, 1);
INSERT INTO days VALUES (
    '2026-11-20',
    '{"day": "2026-11-20", "resting": {"day": "2026-11-18", "bpm": 55}, "zones": []}', 1, 'Europe/Berlin'
);
INSERT INTO facts VALUES ('version', 1), ('time_zone', 'Europe/Berlin'), ('revision', 7), ('days_version', 1),
    ('source', 'fitbit'), ('alerts_announced', '[["high", 1795255200, 1795255207]]');
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
PRAGMA user_version = 4;
COMMIT;
