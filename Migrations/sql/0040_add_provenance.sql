-- Adds where a build comes from: what a CI system vouches for of the job that has the key, and of the one that committed.
--
-- Locks:  ACCESS EXCLUSIVE on developer_api_keys and game_versions, for the moment of adding columns without defaults.
-- Undo:   ALTER TABLE … DROP COLUMN provenance of each.

ALTER TABLE developer_api_keys ADD COLUMN provenance jsonb;     -- of a key that was exchanged for a CI job's token
ALTER TABLE game_versions ADD COLUMN provenance jsonb;          -- of the job that committed the upload; null: not a CI job
