-- Creates reviews and their decisions, channels and what happened to them, and publications that wait for their time.
--
-- Locks:  none of note; the tables are new.
-- Undo:   DROP TABLE of each (loses the record of moderation and which version is live).

-- A version handed in for review; at most one open review of each.
CREATE TABLE reviews (
    review_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    version_id   uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    game_id      uuid        NOT NULL REFERENCES games (game_id) ON DELETE CASCADE,
    developer_id uuid        NOT NULL,
    state        text        NOT NULL DEFAULT 'in_review'
        CHECK (state IN ('in_review', 'approved', 'rejected', 'withdrawn')),
    note         text,                                  -- the company's word to the moderator
    warnings     jsonb       NOT NULL DEFAULT '[]',     -- what the store page lacked when it was handed in
    submitted_by text        NOT NULL,
    submitted_at timestamptz NOT NULL DEFAULT now(),
    closed_at    timestamptz,
    CHECK ((state = 'in_review') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX reviews_open ON reviews (version_id) WHERE state = 'in_review';
CREATE INDEX reviews_of_version ON reviews (version_id, submitted_at DESC);
CREATE INDEX reviews_of_game ON reviews (game_id, submitted_at DESC);

-- Said once, never changed.
CREATE TABLE review_decisions (
    review_id  uuid PRIMARY KEY REFERENCES reviews (review_id) ON DELETE CASCADE,
    decision   text        NOT NULL CHECK (decision IN ('approved', 'rejected')),
    reason     text,
    decided_by text        NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    CHECK (decision = 'approved' OR reason IS NOT NULL)
);

-- Which version who follows a line of releases gets.
CREATE TABLE channels (
    game_id             uuid        NOT NULL REFERENCES games (game_id) ON DELETE CASCADE,
    name                varchar(32) NOT NULL,
    developer_id        uuid        NOT NULL,
    version_id          uuid        NOT NULL REFERENCES game_versions (version_id),
    previous_version_id uuid REFERENCES game_versions (version_id),  -- what the others get, and where a rollback leads
    rollout_state       text        NOT NULL CHECK (rollout_state IN ('rolling', 'halted', 'complete')),
    rollout_percent     smallint    NOT NULL CHECK (rollout_percent BETWEEN 0 AND 100),
    revision            bigint      NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (game_id, name),
    CHECK ((rollout_state = 'complete') = (rollout_percent = 100)),
    CHECK (rollout_state = 'complete' OR previous_version_id IS NOT NULL)
);
CREATE INDEX channels_version ON channels (version_id);
CREATE INDEX channels_previous ON channels (previous_version_id);
CREATE TRIGGER touch_channels BEFORE UPDATE ON channels FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE channel_history (
    history_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    game_id             uuid        NOT NULL REFERENCES games (game_id) ON DELETE CASCADE,
    name                varchar(32) NOT NULL,
    developer_id        uuid        NOT NULL,
    action              text        NOT NULL
        CHECK (action IN ('publish', 'rollout', 'halt', 'rollback', 'recall', 'delete')),
    version_id          uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    previous_version_id uuid,
    rollout_percent     smallint    NOT NULL,
    actor               text        NOT NULL,
    reason              text,
    at                  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX channel_history_newest ON channel_history (game_id, name, history_id DESC);

-- A publication that waits for its time; at most one for each channel.
CREATE TABLE publications (
    publication_id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    game_id         uuid        NOT NULL REFERENCES games (game_id) ON DELETE CASCADE,
    developer_id    uuid        NOT NULL,
    channel         varchar(32) NOT NULL,
    version_id      uuid        NOT NULL REFERENCES game_versions (version_id) ON DELETE CASCADE,
    rollout_percent smallint    NOT NULL CHECK (rollout_percent BETWEEN 0 AND 100),
    publish_at      timestamptz NOT NULL,
    state           text        NOT NULL DEFAULT 'scheduled'
        CHECK (state IN ('scheduled', 'done', 'failed', 'cancelled')),
    reason          text,                               -- why it failed
    requested_by    text        NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    closed_at       timestamptz
);
CREATE UNIQUE INDEX publications_open ON publications (game_id, channel) WHERE state = 'scheduled';

SELECT protect_rows();
