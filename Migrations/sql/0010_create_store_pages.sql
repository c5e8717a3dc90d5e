-- Creates what a game shows: media, promotions, the history of its prices; and counts the changes of what is there.
--
-- Locks:  ACCESS EXCLUSIVE on games, game_versions, game_metadata and game_pricing, for a moment: columns with constant
--         defaults and checks of small tables.
-- Undo:   DROP TABLE of each, DROP the columns (loses media records, promotions and history).

ALTER TABLE games
    ADD COLUMN published_at   timestamptz,              -- the first time; never cleared
    ADD COLUMN unpublished_at timestamptz;              -- since when it is off the shop; null while it is on

ALTER TABLE game_versions
    ADD CONSTRAINT game_versions_review_status_check CHECK (review_status IN (
        'not_submitted', 'in_review', 'approved', 'rejected', 'withdrawn', 'live', 'superseded', 'recalled'));

ALTER TABLE game_metadata
    ADD COLUMN revision bigint NOT NULL DEFAULT 1,
    ADD COLUMN foreign_ratings jsonb NOT NULL DEFAULT '{}',    -- marks of other authorities: {"iarc": "12+", "pegi": "12"}
    ADD CONSTRAINT game_metadata_age_rating_check CHECK (age_rating IN ('0+', '6+', '12+', '16+', '18+'));

ALTER TABLE game_pricing
    ADD COLUMN revision bigint NOT NULL DEFAULT 1,
    ADD CONSTRAINT game_pricing_prices_check CHECK (base_price >= 0 AND discount_price >= 0);

-- Pictures and films, from the reservation of their upload on.
CREATE TABLE game_media (
    media_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    game_id      uuid        NOT NULL REFERENCES games (game_id) ON DELETE CASCADE,
    developer_id uuid        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('screenshot', 'video', 'art', 'press_kit')),
    format       text        NOT NULL CHECK (format IN ('png', 'jpeg', 'webp', 'mp4', 'webm', 'zip')),
    state        text        NOT NULL DEFAULT 'reserved'
        CHECK (state IN ('reserved', 'uploaded', 'processing', 'ready', 'failed')),
    file_name    varchar(255) NOT NULL,
    file_size    bigint      NOT NULL CHECK (file_size > 0),   -- of the upload
    alt          varchar(500),
    position     integer     NOT NULL,                  -- smaller stands first
    upload_key   text        NOT NULL,
    object_key   text,                                  -- of the cleaned file; null until it is ready
    digest       bytea CHECK (octet_length(digest) = 32),
    size         bigint,                                -- of the cleaned file
    width        integer,
    height       integer,
    job_id       bigint,
    failure      jsonb,
    revision     bigint      NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    CHECK ((state = 'ready') = (object_key IS NOT NULL AND digest IS NOT NULL AND size IS NOT NULL))
);
CREATE INDEX game_media_of_game ON game_media (game_id, kind, position, media_id);
-- Those whose upload never came.
CREATE INDEX game_media_reserved ON game_media (created_at) WHERE state = 'reserved';
CREATE TRIGGER touch_game_media BEFORE UPDATE ON game_media FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Discounts with a window. No two open ones of a game overlap: writers hold the game's row.
CREATE TABLE promotions (
    promotion_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    game_id      uuid         NOT NULL REFERENCES games (game_id) ON DELETE CASCADE,
    developer_id uuid         NOT NULL,
    name         varchar(255) NOT NULL,
    percent      smallint CHECK (percent BETWEEN 1 AND 99),
    price        decimal(10, 2) CHECK (price >= 0),
    starts_at    timestamptz  NOT NULL,
    ends_at      timestamptz  NOT NULL,
    cancelled_at timestamptz,
    announced    text         NOT NULL DEFAULT 'scheduled'     -- the state that everybody has been told of
        CHECK (announced IN ('scheduled', 'active', 'ended', 'cancelled')),
    revision     bigint       NOT NULL DEFAULT 1,
    created_at   timestamptz  NOT NULL DEFAULT now(),
    updated_at   timestamptz  NOT NULL DEFAULT now(),
    CHECK ((percent IS NULL) <> (price IS NULL)),
    CHECK (ends_at > starts_at)
);
CREATE INDEX promotions_of_game ON promotions (game_id, starts_at);
CREATE TRIGGER touch_promotions BEFORE UPDATE ON promotions FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- What a game cost when. Append-only.
CREATE TABLE price_history (
    history_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    game_id         uuid           NOT NULL REFERENCES games (game_id) ON DELETE CASCADE,
    developer_id    uuid           NOT NULL,
    changed_at      timestamptz    NOT NULL DEFAULT now(),
    base_price      decimal(10, 2) NOT NULL,
    regional_prices jsonb,
    discount_price  decimal(10, 2),
    discount_start_date timestamptz,
    discount_end_date   timestamptz,
    actor           text           NOT NULL
);
CREATE INDEX price_history_of_game ON price_history (game_id, history_id DESC);

-- Objects that nobody needs any more, written down before anybody forgets them. They go by the job that collects them.
CREATE TABLE garbage_objects (
    garbage_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object_key   text        NOT NULL,
    store_upload text,                                  -- of an upload that was never completed
    created_at   timestamptz NOT NULL DEFAULT now()
);
-- Packs that no version holds are found by this one.
CREATE INDEX packs_condemned ON packs (pack_id) WHERE stored_at IS NULL;

SELECT protect_rows();
