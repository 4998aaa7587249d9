-- An archive as version 3 left it, with rows in every table: four samples, of which one was delivered, one is
-- in flight, one waits and one was quarantined; a delivered hour before them was dropped, and one is suspect.
BEGIN;
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
INSERT INTO samples VALUES (1795255200, 60, 1), (1795255205, 65, 1), (1795255206, 66, 1), (1795255207, 67, 1);
INSERT INTO hours VALUES (1795255200, 4, 258, 60, 67, 1);
INSERT INTO days VALUES (
    '2026-11-20',
    '{"day": "2026-11-20", "resting": {"day": "2026-11-18", "bpm": 55}, "zones": []}', 1
);
INSERT INTO facts VALUES ('version', 1), ('time_zone', 'Europe/Berlin'), ('revision', 7), ('days_version', 1),
    ('source', 'fitbit'), ('alerts_told', '[["high", 1795255200, 1795255207]]');
INSERT INTO destinations VALUES ('cardiogram', 1, 1, 1795291200, 0, 0, NULL, 0);
INSERT INTO coverage VALUES ('cardiogram', 0, 4611686018427387904);
INSERT INTO outbox VALUES
    ('cardiogram', 1795255205, 1, 1795291200, 1), ('cardiogram', 1795255206, 1, 1795291200, NULL);
INSERT INTO batches VALUES (
    'cardiogram', '0123456789abcdef', CAST('{"beats":[]}' AS BLOB), 1, 1795255205, 1795255205
);
INSERT INTO quarantine VALUES ('cardiogram', 1795255207, 67, 1, 1795291200, 'beats_refused');
INSERT INTO gone VALUES (0, 1795255200);
INSERT INTO marks VALUES (1795255200, 42);
INSERT INTO missing VALUES (1795255207, 1795290000);
INSERT INTO had VALUES ('cardiogram', 1795251600);
PRAGMA user_version = 3;
COMMIT;
