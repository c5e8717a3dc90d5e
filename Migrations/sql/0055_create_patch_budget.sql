-- Creates what an operator lets patches cost; without a row the program's own defaults hold.
--
-- Locks:  none on tables that are there.
-- Undo:   DROP TABLE patch_budget (the defaults hold again).

CREATE TABLE patch_budget (
    only_one        boolean     PRIMARY KEY DEFAULT true CHECK (only_one),
    versions        integer     NOT NULL CHECK (versions BETWEEN 0 AND 50),           -- earlier versions patched from
    rollbacks       integer     NOT NULL CHECK (rollbacks BETWEEN 0 AND versions),    -- of these, patched back to
    cpu_seconds     bigint      NOT NULL CHECK (cpu_seconds > 0),                     -- for one patch
    memory          bigint      NOT NULL CHECK (memory BETWEEN 67108864 AND 68719476736), -- bytes of one encoder
    storage_percent integer     NOT NULL CHECK (storage_percent BETWEEN 0 AND 1000),  -- patches to a version, of its chunks
    set_by          text        NOT NULL,
    updated_at      timestamptz NOT NULL DEFAULT now()
);
