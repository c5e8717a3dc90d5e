-- Creates what is known of patches in the making: what each is made of, and which parts are there. Adds to patches how much
-- each is worth beside the others that lead to the same version.
--
-- Locks:  ACCESS EXCLUSIVE on patches for the moment of adding a column with a constant default.
-- Undo:   ALTER TABLE patches DROP COLUMN rank; DROP TABLE patch_parts, patch_builds.

ALTER TABLE patches ADD COLUMN rank integer NOT NULL DEFAULT 0;                       -- smaller is worth more

CREATE TABLE patch_builds (
    build_id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,                -- in the keys of its parts, never used again
    to_version   uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    from_version uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    made_for     uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE, -- whose jobs make it
    state        text        NOT NULL CHECK (state IN ('planning', 'encoding', 'stopped')),
    plan_job     bigint      NOT NULL,                 -- what planned it
    rank         integer     NOT NULL,
    level        text,                                 -- what decides the bytes is the same for all parts
    memory       bigint,
    most_bytes   bigint,                               -- beyond this the patch is not worth it
    most_cpu_us  bigint,                               -- nor beyond this; null for as much as it takes
    stopped_for  text CHECK (stopped_for IN ('size', 'cpu')),
    cuts         bigint[],                             -- where archives among new files are cut: file, offset, and again
    shared       bigint[],                             -- runs of new files: file, offset, length, and again
    object_key   text,                                 -- where the whole patch is about to be put
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (to_version, from_version)
);
CREATE INDEX patch_builds_from ON patch_builds (from_version);
CREATE INDEX patch_builds_for ON patch_builds (made_for);

CREATE TABLE patch_parts (
    build_id    bigint  NOT NULL REFERENCES patch_builds (build_id) ON DELETE CASCADE,
    to_version  uuid    NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    part_no     integer NOT NULL,
    first_group integer NOT NULL,                      -- a part without groups makes what the others share
    end_group   integer NOT NULL CHECK (end_group >= first_group),
    bytes       bigint  NOT NULL,                      -- new bytes it makes
    size        bigint,                                -- of its object; null until it is there
    digest      bytea CHECK (octet_length(digest) = 32),
    description bytea,                                 -- its groups, as an index of the patch format lists them
    PRIMARY KEY (build_id, part_no)
);

SELECT protect_rows();
