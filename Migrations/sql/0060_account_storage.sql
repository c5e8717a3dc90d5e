-- Keeps a ledger of the bytes that companies send and that go to the store for them.
--
-- Rows are only ever added, so that transactions of one company never wait for each other here; they are written by the
-- database itself, in the transaction that ends an upload or confirms a pack, so that no path around them exists. What is
-- stored now is not kept: it is the sum of packs, manifests and patches.
--
-- Locks:  SHARE ROW EXCLUSIVE on upload_sessions and packs for the moment of adding a trigger.
-- Undo:   DROP TABLE storage_ledger; DROP FUNCTION note_upload, note_pack CASCADE;  (loses the counts)

CREATE TABLE storage_ledger (
    developer_id uuid   NOT NULL,
    day          date   NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
    kind         text   NOT NULL CHECK (kind IN ('uploaded', 'transferred')),
    bytes        bigint NOT NULL CHECK (bytes >= 0)
);
CREATE INDEX storage_ledger_company ON storage_ledger (developer_id, day);

CREATE FUNCTION note_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO storage_ledger (developer_id, kind, bytes) VALUES (NEW.developer_id, 'uploaded', NEW.file_size);
    RETURN NULL;
END
$$;
CREATE TRIGGER upload_is_accounted AFTER UPDATE OF state ON upload_sessions
    FOR EACH ROW WHEN (OLD.state = 'open' AND NEW.state = 'completed') EXECUTE FUNCTION note_upload();

CREATE FUNCTION note_pack() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO storage_ledger (developer_id, kind, bytes) VALUES (NEW.developer_id, 'transferred', NEW.size);
    RETURN NULL;
END
$$;
CREATE TRIGGER pack_is_accounted AFTER UPDATE OF stored_at ON packs
    FOR EACH ROW WHEN (OLD.stored_at IS NULL AND NEW.stored_at IS NOT NULL) EXECUTE FUNCTION note_pack();

SELECT protect_rows();
