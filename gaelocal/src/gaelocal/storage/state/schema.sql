CREATE TABLE IF NOT EXISTS buckets (
    name TEXT PRIMARY KEY,
    metageneration INTEGER NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    fields TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL,
    name BLOB NOT NULL,
    generation INTEGER NOT NULL,
    metageneration INTEGER NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    content TEXT NOT NULL,
    size INTEGER NOT NULL,
    md5 TEXT,
    crc32c TEXT NOT NULL,
    parts INTEGER,
    fields TEXT NOT NULL,
    PRIMARY KEY (bucket, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS objects_by_content ON objects (content);

CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY,
    bucket TEXT NOT NULL,
    name TEXT NOT NULL,
    created REAL NOT NULL,
    total INTEGER,
    fields TEXT NOT NULL,
    conditions TEXT NOT NULL,
    generation INTEGER
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS generations (last INTEGER NOT NULL);
INSERT INTO generations SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM generations);

CREATE TABLE IF NOT EXISTS doomed (content TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS content_without_object AFTER DELETE ON objects
WHEN NOT EXISTS (SELECT 1 FROM objects WHERE content = old.content)
BEGIN
    INSERT OR IGNORE INTO doomed VALUES (old.content);
END;
