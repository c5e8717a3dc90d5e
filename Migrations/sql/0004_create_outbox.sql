-- Creates the transactional outbox and the endpoints it is delivered to.
--
-- Locks:  none of note; the tables are new.
-- Undo:   DROP TABLE of each (loses undelivered events).

CREATE TABLE outbox (
    seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,   -- one sequence everywhere
    event_id     uuid        NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    type         text        NOT NULL,
    developer_id uuid        NOT NULL,
    aggregate    text        NOT NULL,                  -- events of one aggregate are delivered in order
    data         jsonb       NOT NULL,
    occurred_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_of_developer ON outbox (developer_id, seq);

-- Where events go: a studio's webhook, or a service of the platform (developer_id is null).
CREATE TABLE webhook_endpoints (
    endpoint_id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    developer_id uuid REFERENCES developers (developer_id) ON DELETE CASCADE,
    url          text        NOT NULL,
    secret       text        NOT NULL,                  -- whsec_…, signs what is sent
    types        text[]      NOT NULL DEFAULT '{}',     -- empty: all
    enabled      boolean     NOT NULL DEFAULT true,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhook_endpoints_of_developer ON webhook_endpoints (developer_id);

CREATE TABLE webhook_deliveries (
    endpoint_id  uuid        NOT NULL REFERENCES webhook_endpoints (endpoint_id) ON DELETE CASCADE,
    seq          bigint      NOT NULL REFERENCES outbox (seq) ON DELETE CASCADE,
    aggregate    text        NOT NULL,
    state        text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'exhausted')),
    attempts     integer     NOT NULL DEFAULT 0,
    last_status  integer,
    last_error   text,
    delivered_at timestamptz,
    PRIMARY KEY (endpoint_id, seq)
);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (endpoint_id, seq) WHERE state = 'pending';
