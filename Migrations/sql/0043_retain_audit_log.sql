-- Lets old rows of the audit log go without breaking its chains.
--
-- What is cut off is the oldest part of a company's chain. Where the cut is, and the hash of the last row before it, stands
-- in audit_chain, and in a row of the log itself that is written with the cut: so the chain goes on from a known place, and
-- whoever cuts it by other means has no such row to show.
--
-- Locks:  ACCESS EXCLUSIVE on audit_chain for the moment of adding columns.
-- Undo:   DROP FUNCTION prune_audit_log; the trigger function of 0005; ALTER TABLE audit_chain DROP COLUMN of each.

ALTER TABLE audit_chain
    ADD COLUMN cut_seq  bigint NOT NULL DEFAULT 0,      -- the last row that is gone
    ADD COLUMN cut_hash bytea  NOT NULL DEFAULT '\x';

CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Old rows go by the function below only, which writes the cut down before.
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM audit_chain WHERE developer_id = OLD.developer_id AND cut_seq >= OLD.seq) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Cuts off what is older than the moment, but never the newest row, and not more than so many rows at a time.
CREATE FUNCTION prune_audit_log(company uuid, older_than timestamptz, most integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    link audit_chain;
    last audit_log;
    gone bigint;
BEGIN
    SELECT * INTO link FROM audit_chain WHERE developer_id = company FOR UPDATE;
    IF NOT FOUND THEN RETURN 0; END IF;
    SELECT * INTO last FROM (
        SELECT * FROM audit_log
        WHERE developer_id = company AND seq > link.cut_seq AND seq <= link.cut_seq + most AND seq < link.seq
          AND at < older_than
        ORDER BY seq) AS old
    ORDER BY old.seq DESC LIMIT 1;
    IF NOT FOUND THEN RETURN 0; END IF;
    UPDATE audit_chain SET cut_seq = last.seq, cut_hash = last.hash WHERE developer_id = company;
    DELETE FROM audit_log WHERE developer_id = company AND seq <= last.seq;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;
REVOKE EXECUTE ON FUNCTION prune_audit_log FROM PUBLIC;
REVOKE UPDATE, DELETE ON audit_chain FROM slipway_tenant;
GRANT UPDATE (seq, hash) ON audit_chain TO slipway_tenant;
