-- Creates what replicas share about requests: answers kept under an Idempotency-Key, and how much of each quota is used.
--
-- Locks:  none of note; the tables are new.
-- Undo:   DROP TABLE of each (loses kept answers; quotas begin anew).

CREATE TABLE idempotency_keys (
    scope        bytea       PRIMARY KEY CHECK (octet_length(scope) = 32),    -- SHA-256 of principal, method, path, key
    payload      bytea       NOT NULL CHECK (octet_length(payload) = 32),     -- HMAC of what was sent
    attempt      integer     NOT NULL DEFAULT 1,
    locked_until timestamptz NOT NULL,                  -- after that an execution without an answer counts as dead
    expires_at   timestamptz NOT NULL,
    status       integer,                               -- null while it runs
    headers      jsonb,
    body         bytea
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- Unlogged: after a crash of the server every quota begins anew, which harms nobody, and counting costs no WAL.
CREATE UNLOGGED TABLE rate_windows (
    subject text        NOT NULL,                       -- who, and of which class
    policy  text        NOT NULL,
    used    bigint      NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (subject, policy)
) WITH (fillfactor = 50);
CREATE INDEX rate_windows_expiry ON rate_windows (ends_at);
