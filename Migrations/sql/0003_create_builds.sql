-- Creates what the engine knows of a build: its upload, files, chunks, packs, scans, patches.
--
-- Locks:  none of note; the tables are new.
-- Undo:   DROP TABLE of each (loses every build's content index).

-- One upload of one attempt of a version.
CREATE TABLE upload_sessions (
    upload_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    version_id    uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    developer_id  uuid        NOT NULL,
    attempt       integer     NOT NULL,
    object_key    text        NOT NULL,
    store_upload  text,                                -- the store's multipart upload id; null for a single request
    file_name     text,
    file_size     bigint      NOT NULL CHECK (file_size > 0),
    part_size     bigint      NOT NULL CHECK (part_size > 0),
    file_hash     varchar(64),                         -- what the sender declared
    state         text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'completed', 'aborted', 'expired')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    UNIQUE (version_id, attempt)
);
CREATE INDEX upload_sessions_open ON upload_sessions (expires_at) WHERE state = 'open';

-- What the archive or the tree holds, in the order of the paths' bytes.
CREATE TABLE build_files (
    version_id uuid    NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    file_no    integer NOT NULL,
    path       text    NOT NULL COLLATE "C",
    entry      text    NOT NULL CHECK (entry IN ('file', 'directory', 'symlink')),
    size       bigint  NOT NULL,
    executable boolean NOT NULL,
    target     text,                                   -- of a symlink
    PRIMARY KEY (version_id, file_no)
);

-- A file's digest is the root over its chunks; chunks are 36-byte records: digest, big-endian length.
CREATE TABLE file_chunks (
    version_id uuid    NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    file_no    integer NOT NULL,
    digest     bytea   NOT NULL CHECK (octet_length(digest) = 32),
    chunks     bytea   NOT NULL,
    PRIMARY KEY (version_id, file_no)
);
CREATE INDEX file_chunks_digest ON file_chunks (digest);

-- Objects that hold many compressed chunks. Recorded before the bytes are sent, so that none is ever orphaned.
CREATE TABLE packs (
    pack_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    developer_id uuid        NOT NULL REFERENCES developers (developer_id) ON DELETE RESTRICT,
    digest       bytea       NOT NULL CHECK (octet_length(digest) = 32),
    object_key   text        NOT NULL,
    size         bigint      NOT NULL,
    stored_at    timestamptz,                          -- null until the store has confirmed it
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (developer_id, digest)
);

-- Which versions keep a pack alive.
CREATE TABLE version_packs (
    version_id uuid   NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    pack_id    bigint NOT NULL REFERENCES packs (pack_id),
    PRIMARY KEY (version_id, pack_id)
);
CREATE INDEX version_packs_pack ON version_packs (pack_id);

-- Every chunk a studio has stored, once.
CREATE TABLE chunks (
    developer_id  uuid     NOT NULL,
    digest        bytea    NOT NULL CHECK (octet_length(digest) = 32),
    length        integer  NOT NULL CHECK (length > 0),
    pack_id       bigint   NOT NULL REFERENCES packs (pack_id),
    pack_offset   bigint   NOT NULL,
    stored_length integer  NOT NULL CHECK (stored_length > 0),
    codec         smallint NOT NULL CHECK (codec IN (0, 1)),    -- 0: as it is, 1: one zstd frame
    PRIMARY KEY (developer_id, digest)
);
CREATE INDEX chunks_pack ON chunks (pack_id);

-- The chunks each new pack of a version will hold: 48-byte records of digest, file, offset, length, big-endian.
CREATE TABLE pack_plans (
    version_id uuid    NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    pack_no    integer NOT NULL,
    bytes      bigint  NOT NULL,
    entries    bytea   NOT NULL,
    PRIMARY KEY (version_id, pack_no)
);

-- Files whose scan each ScanFiles job does.
CREATE TABLE scan_plans (
    version_id uuid      NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    batch_no   integer   NOT NULL,
    bytes      bigint    NOT NULL,
    files      integer[] NOT NULL,
    PRIMARY KEY (version_id, batch_no)
);

-- What a scan found, by content, engine, signatures and limits: the same content is never scanned twice by the same eyes.
CREATE TABLE scan_verdicts (
    digest     bytea       NOT NULL CHECK (octet_length(digest) = 32),
    engine     text        NOT NULL,                   -- engine version, signature version, limits
    verdict    text        NOT NULL CHECK (verdict IN ('clean', 'infected', 'incomplete')),
    signature  text,
    reason     text,
    covered    bigint      NOT NULL,                   -- bytes
    scanned_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (digest, engine)
);

-- The summary a version was published with.
CREATE TABLE version_scans (
    version_id       uuid PRIMARY KEY REFERENCES game_versions (version_id) ON DELETE CASCADE,
    engine           text        NOT NULL,
    bundled          boolean     NOT NULL,             -- true: only the bundled test signatures
    files            integer     NOT NULL,
    bytes            bigint      NOT NULL,
    files_scanned    integer     NOT NULL,             -- the others had a verdict already
    bytes_scanned    bigint      NOT NULL,
    finished_at      timestamptz
);

CREATE TABLE manifests (
    version_id   uuid PRIMARY KEY REFERENCES game_versions (version_id) ON DELETE CASCADE,
    digest       bytea       NOT NULL CHECK (octet_length(digest) = 32),
    object_key   text        NOT NULL,
    size         bigint      NOT NULL,                 -- of the object
    files        integer     NOT NULL,
    content_size bigint      NOT NULL,                 -- of all files
    chunks       integer     NOT NULL,                 -- distinct
    new_chunks   integer     NOT NULL,                 -- of these, first stored for this version
    stored_size  bigint      NOT NULL,                 -- bytes of the distinct chunks as stored: a full download
    new_size     bigint      NOT NULL,                 -- bytes this version added to the store
    published_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE patches (
    to_version   uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    from_version uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    state        text        NOT NULL CHECK (state IN ('planned', 'ready', 'not_worth_it', 'failed')),
    object_key   text,
    digest       bytea CHECK (octet_length(digest) = 32),
    size         bigint,
    chunk_bytes  bigint,                               -- what the same update costs by chunks
    summary      jsonb,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (to_version, from_version)
);
CREATE INDEX patches_from ON patches (from_version);
