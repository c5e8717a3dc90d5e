-- Creates how many players have which version, as the Download Service tells it day by day.
--
-- Locks:  none on tables that are there.
-- Undo:   DROP TABLE version_installs (patches are then made from what channels give out, and from the newest).

CREATE TABLE version_installs (
    version_id uuid   NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    day        date   NOT NULL,                        -- UTC
    installs   bigint NOT NULL CHECK (installs >= 0),
    PRIMARY KEY (version_id, day)
);

SELECT protect_rows();
