CREATE TABLE IF NOT EXISTS buckets (
    name TEXT PRIMARY KEY,
    metageneration INTEGER NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    fields TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS deleted_buckets (
    name TEXT NOT NULL,
    generation INTEGER NOT NULL,
    metageneration INTEGER NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    fields TEXT NOT NULL,
    deleted REAL NOT NULL,
    kept_until REAL NOT NULL,
    PRIMARY KEY (name, generation)
) WITHOUT ROWID;

-- Live objects. `content` is the id of a blob.
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

-- Versions that are not live: noncurrent ones, and soft-deleted ones, which have `kept_until`.
CREATE TABLE IF NOT EXISTS versions (
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
    deleted REAL NOT NULL,
    kept_until REAL,
    PRIMARY KEY (bucket, name, generation)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS versions_by_content ON versions (content);
CREATE INDEX IF NOT EXISTS versions_by_end ON versions (kept_until) WHERE kept_until IS NOT NULL;

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

CREATE TABLE IF NOT EXISTS multipart_uploads (
    id TEXT PRIMARY KEY,
    bucket TEXT NOT NULL,
    name TEXT NOT NULL,
    created REAL NOT NULL,
    fields TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL,
    number INTEGER NOT NULL,
    content TEXT NOT NULL,
    size INTEGER NOT NULL,
    md5 TEXT NOT NULL,
    crc32c TEXT NOT NULL,
    uploaded REAL NOT NULL,
    PRIMARY KEY (upload, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS parts_by_content ON parts (content);

CREATE TABLE IF NOT EXISTS folders (
    bucket TEXT NOT NULL,
    kind TEXT NOT NULL,
    name BLOB NOT NULL,
    metageneration INTEGER NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (bucket, kind, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS hmac_keys (access_id TEXT PRIMARY KEY, fields TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS generations (last INTEGER NOT NULL);
INSERT INTO generations SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM generations);

-- Blobs whose last row was deleted; their files are erased after the transaction.
CREATE TABLE IF NOT EXISTS doomed (content TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS used_contents AS
    SELECT content FROM objects UNION ALL SELECT content FROM versions UNION ALL SELECT content FROM parts;
DROP TRIGGER IF EXISTS content_without_object;
CREATE TRIGGER IF NOT EXISTS object_deleted AFTER DELETE ON objects
WHEN NOT EXISTS (SELECT 1 FROM used_contents WHERE content = old.content)
BEGIN
    INSERT OR IGNORE INTO doomed VALUES (old.content);
END;
CREATE TRIGGER IF NOT EXISTS version_deleted AFTER DELETE ON versions
WHEN NOT EXISTS (SELECT 1 FROM used_contents WHERE content = old.content)
BEGIN
    INSERT OR IGNORE INTO doomed VALUES (old.content);
END;
CREATE TRIGGER IF NOT EXISTS part_deleted AFTER DELETE ON parts
WHEN NOT EXISTS (SELECT 1 FROM used_contents WHERE content = old.content)
BEGIN
    INSERT OR IGNORE INTO doomed VALUES (old.content);
END;
