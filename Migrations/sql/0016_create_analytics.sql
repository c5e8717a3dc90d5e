-- Creates the cache of what Analytics Service answered, and reports.
--
-- Locks:  none of note; the tables are new.
-- Undo:   DROP TABLE analytics_reports, analytics_answers (loses reports; their files stay under reports/).

-- Unlogged: after a crash of the server the answers are asked for again.
CREATE UNLOGGED TABLE analytics_answers (
    developer_id uuid        NOT NULL REFERENCES developers (developer_id) ON DELETE CASCADE,
    question     text        NOT NULL CHECK (length(question) <= 500),
    answer       text        NOT NULL,                 -- JSON, as it came, its numbers untouched
    fetched_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (developer_id, question)
);
CREATE INDEX analytics_answers_age ON analytics_answers (fetched_at);

CREATE TABLE analytics_reports (
    report_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    developer_id uuid        NOT NULL REFERENCES developers (developer_id) ON DELETE RESTRICT,
    type         text        NOT NULL CHECK (type IN ('sales', 'players', 'geography', 'demographics')),
    format       text        NOT NULL CHECK (format IN ('csv', 'json')),
    from_date    date        NOT NULL,
    to_date      date        NOT NULL,
    game_id      uuid,                                 -- no foreign key: a report outlives its game
    country      varchar(2),
    parameters   text        NOT NULL,                 -- the same for the same report: type/format/from/to/game/country
    status       text        NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'generating', 'ready', 'failed', 'expired')),
    requested_by uuid,
    created_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    expires_at   timestamptz,
    object_key   text,
    size         bigint,
    digest       bytea CHECK (octet_length(digest) = 32),
    row_count    bigint,
    failure      jsonb,
    revision     bigint      NOT NULL DEFAULT 1,
    CONSTRAINT ready_has_file CHECK (
        status <> 'ready' OR (object_key IS NOT NULL AND size IS NOT NULL AND digest IS NOT NULL AND expires_at IS NOT NULL)),
    CHECK (from_date <= to_date)
);
CREATE INDEX analytics_reports_newest ON analytics_reports (developer_id, created_at DESC, report_id);
-- Of one report at most one is being made.
CREATE UNIQUE INDEX analytics_reports_open ON analytics_reports (developer_id, parameters)
    WHERE status IN ('queued', 'generating');
CREATE INDEX analytics_reports_expiry ON analytics_reports (expires_at) WHERE status = 'ready';

SELECT protect_rows();
