-- Creates the audit log: who did what to which company, when, from where; append-only, each company's rows a chain of hashes.
--
-- Locks:  none of note; the tables are new. Each append locks the company's row of audit_chain until its transaction ends,
--         so an append is the last thing a transaction does.
-- Undo:   DROP TABLE audit_log, audit_chain; DROP FUNCTION of each (loses the log).

-- The last link of each company's chain.
CREATE TABLE audit_chain (
    developer_id uuid   PRIMARY KEY,
    seq          bigint NOT NULL,
    hash         bytea  NOT NULL
);

-- No foreign key: the log outlives what it tells of.
CREATE TABLE audit_log (
    developer_id uuid        NOT NULL,
    seq          bigint      NOT NULL,                      -- 1, 2, 3 … in each company
    at           timestamptz NOT NULL,
    actor_kind   text        NOT NULL CHECK (actor_kind IN ('user', 'key', 'service', 'system')),
    actor        text        NOT NULL,
    address      text,
    user_agent   text,
    request_id   text,
    action       text        NOT NULL,
    target       text        NOT NULL,
    before       jsonb,
    after        jsonb,
    prev_hash    bytea       NOT NULL,
    hash         bytea       NOT NULL,
    PRIMARY KEY (developer_id, seq)
);

-- SHA-256 over everything a row says and the hash of the row before it. Whoever has the rows can compute it again.
CREATE FUNCTION audit_hash(entry audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        entry.developer_id, entry.seq, (extract(epoch FROM entry.at) * 1000000)::bigint, entry.actor_kind, entry.actor,
        entry.address, entry.user_agent, entry.request_id, entry.action, entry.target, entry.before, entry.after,
        encode(entry.prev_hash, 'hex'))::text, 'UTF8'))
$$;

CREATE FUNCTION append_to_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link audit_chain;
BEGIN
    INSERT INTO audit_chain (developer_id, seq, hash) VALUES (NEW.developer_id, 0, '\x')
    ON CONFLICT (developer_id) DO NOTHING;
    SELECT * INTO STRICT link FROM audit_chain WHERE developer_id = NEW.developer_id FOR UPDATE;
    NEW.seq := link.seq + 1;
    NEW.at := clock_timestamp();
    NEW.prev_hash := link.hash;
    NEW.hash := audit_hash(NEW);
    UPDATE audit_chain SET seq = NEW.seq, hash = NEW.hash WHERE developer_id = NEW.developer_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER chain_audit_log BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION append_to_audit_chain();

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER keep_audit_log BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER keep_whole_audit_log BEFORE TRUNCATE ON audit_log EXECUTE FUNCTION refuse_audit_change();
