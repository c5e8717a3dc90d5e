-- Extends keys (games, networks, rotation), events and webhooks; creates trusts of CI issuers, notifications, SDK releases.
--
-- Locks:  ACCESS EXCLUSIVE on developer_api_keys, outbox, webhook_endpoints and webhook_deliveries for the moment of adding
--         columns; outbox is rewritten for its xid, which is nothing before the first release.
-- Undo:   DROP TABLE and DROP COLUMN of each (loses them).

-- How a CI job of a studio proves itself without a secret: by the token of its own issuer.
CREATE TABLE oidc_trusts (
    trust_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    developer_id uuid        NOT NULL REFERENCES developers (developer_id) ON DELETE CASCADE,
    name         varchar(100) NOT NULL,
    issuer       text        NOT NULL,
    repository   text        NOT NULL,
    ref          text,                                  -- exact, or a beginning and *; null: any
    environment  text,                                  -- exact; null: any
    game_ids     uuid[],                                -- null: all of the company's
    permissions  text[]      NOT NULL,
    created_by   uuid        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz
);
CREATE INDEX oidc_trusts_of_developer ON oidc_trusts (developer_id, created_at DESC);
CREATE INDEX oidc_trusts_of_repository ON oidc_trusts (issuer, repository);

ALTER TABLE developer_api_keys
    ADD COLUMN game_ids    uuid[],                      -- null: all of the company's
    ADD COLUMN networks    text[] NOT NULL DEFAULT '{}',-- CIDR; empty: any
    ADD COLUMN replaced_by uuid REFERENCES developer_api_keys (key_id),
    ADD COLUMN trust_id    uuid REFERENCES oidc_trusts (trust_id) ON DELETE CASCADE;
CREATE INDEX developer_api_keys_exchanged ON developer_api_keys (expires_at) WHERE trust_id IS NOT NULL;

-- Readers of the sequence look only at what was written by transactions older than any that still runs: numbers are given
-- before the commit, and a smaller one may become visible later.
ALTER TABLE outbox
    ADD COLUMN xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    ADD COLUMN request_id text;

-- A studio's secret is computed from the program's own and the generation; only a platform endpoint's is kept.
ALTER TABLE webhook_endpoints
    ALTER COLUMN secret DROP NOT NULL,
    ADD COLUMN description       varchar(200),
    ADD COLUMN secret_generation integer     NOT NULL DEFAULT 1,
    ADD COLUMN old_secret_until  timestamptz,           -- so long the generation before signs, too
    ADD COLUMN failing_since     timestamptz,
    ADD COLUMN disabled_reason   text,
    ADD COLUMN updated_at        timestamptz NOT NULL DEFAULT now();
CREATE TRIGGER touch_webhook_endpoints BEFORE UPDATE ON webhook_endpoints
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

ALTER TABLE webhook_deliveries
    ADD COLUMN created_at   timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN attempted_at timestamptz;

CREATE TABLE notifications (
    notification_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    developer_id    uuid        NOT NULL REFERENCES developers (developer_id) ON DELETE CASCADE,
    user_id         uuid        NOT NULL,
    topic           text        NOT NULL,
    event_seq       bigint      NOT NULL REFERENCES outbox (seq) ON DELETE CASCADE,
    created_at      timestamptz NOT NULL DEFAULT now(),
    read_at         timestamptz,
    UNIQUE (event_seq, user_id)
);
CREATE INDEX notifications_of_user ON notifications (developer_id, user_id, notification_id DESC);

-- What somebody does not want: absent means wanted.
CREATE TABLE notification_preferences (
    developer_id uuid    NOT NULL REFERENCES developers (developer_id) ON DELETE CASCADE,
    user_id      uuid    NOT NULL,
    topic        text    NOT NULL,
    email        boolean NOT NULL,
    portal       boolean NOT NULL,
    PRIMARY KEY (developer_id, user_id, topic)
);

CREATE TABLE sdk_releases (
    version      text PRIMARY KEY CHECK (version ~ '^[0-9]+\.[0-9]+\.[0-9]+$'),
    major        integer     NOT NULL,
    minor        integer     NOT NULL,
    patch        integer     NOT NULL,
    object_key   text        NOT NULL,
    file_name    text        NOT NULL,
    file_size    bigint      NOT NULL,
    file_hash    bytea       NOT NULL CHECK (octet_length(file_hash) = 32),
    notes        text,
    released_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sdk_releases_newest ON sdk_releases (major DESC, minor DESC, patch DESC);
