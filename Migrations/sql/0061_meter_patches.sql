-- Creates what patches cost in processor time, attempt by attempt, and has each patch keep what it has cost in all, by what
-- level, and why it was not kept; and why its files cost what they cost, once somebody has looked into them.
--
-- Locks:  ACCESS EXCLUSIVE on patches for the moment of adding columns without a default.
-- Undo:   ALTER TABLE patches DROP COLUMN level, DROP COLUMN made_bytes, DROP COLUMN cpu_us, DROP COLUMN reason,
--             DROP COLUMN looks;
--         DROP TABLE patch_runs (patches are then planned by what was measured when the program was written).

CREATE TABLE patch_runs (
    run_id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    to_version   uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    from_version uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    plan_job     bigint      NOT NULL,                 -- what planned the patch, which costs the sum of its runs
    job          bigint      NOT NULL,
    attempt      smallint    NOT NULL,
    cpu_us       bigint      NOT NULL DEFAULT 0 CHECK (cpu_us >= 0), -- told every second, and at the end; never less
    began_at     timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz                           -- null while it runs, and for ever when it was cut off
);
CREATE INDEX patch_runs_plan ON patch_runs (plan_job);
CREATE INDEX patch_runs_pair ON patch_runs (to_version, from_version, run_id);
CREATE INDEX patch_runs_from ON patch_runs (from_version);
CREATE INDEX patch_runs_age ON patch_runs (began_at);

ALTER TABLE patches
    ADD COLUMN level      text,
    ADD COLUMN made_bytes bigint,                      -- new bytes in the parts that were made
    ADD COLUMN cpu_us     bigint,                      -- of all attempts at all its jobs
    ADD COLUMN reason     text,                        -- why it was not kept
    ADD COLUMN looks      jsonb;                       -- by path, the reasons of files that were read
CREATE INDEX patches_pace ON patches (level, created_at DESC) WHERE made_bytes > 0;

SELECT protect_rows();
