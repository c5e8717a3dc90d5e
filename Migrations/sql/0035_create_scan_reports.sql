-- Creates what is kept of scans beyond the verdict: evidence, waivers, reviews of changes, and later scans.
--
-- Locks:  version_scans, for the moment it takes to add columns without defaults.
-- Undo:   DROP TABLE quarantine, scan_waivers, version_reviews; ALTER TABLE version_scans DROP COLUMN of each
--         (loses the evidence).

-- Infected contents. Rows outlive versions, games and studios: they are evidence.
CREATE TABLE quarantine (
    version_id    uuid        NOT NULL,
    digest        bytea       NOT NULL CHECK (octet_length(digest) = 32),
    developer_id  uuid        NOT NULL,
    game_id       uuid        NOT NULL,
    path          text        NOT NULL,
    size          bigint      NOT NULL,
    signature     text        NOT NULL,
    engine        text        NOT NULL,
    object_key    text,                                -- where the bytes are kept; null when they were too many
    was_published boolean     NOT NULL,                -- found in a version that was ready already
    found_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (version_id, digest)
);
CREATE INDEX quarantine_found ON quarantine (found_at);

-- An operator's word that files which could not be scanned whole may pass, for one version and one reason.
CREATE TABLE scan_waivers (
    version_id uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    reason     text        NOT NULL,
    granted_by text        NOT NULL,
    note       text        NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (version_id, reason)
);

-- What a version brings that the last one did not have, by kind of file.
CREATE TABLE version_reviews (
    version_id   uuid PRIMARY KEY REFERENCES game_versions (version_id) ON DELETE CASCADE,
    base_version uuid,                                 -- null: the first
    review       jsonb       NOT NULL,
    reviewed_at  timestamptz NOT NULL DEFAULT now()
);

-- The last time a published version was looked at again, with newer signatures.
ALTER TABLE version_scans
    ADD COLUMN rescanned_engine text,
    ADD COLUMN rescanned_at timestamptz;

SELECT protect_rows();
