-- Creates what players wrote about games, as Catalog Service tells it, and what studios answered.
--
-- Locks:  none of note; the table is new.
-- Undo:   DROP TABLE player_reviews (loses the answers; Catalog Service can tell the rest again).

CREATE TABLE player_reviews (
    game_id      uuid         NOT NULL REFERENCES games (game_id) ON DELETE CASCADE,
    review_id    varchar(100) NOT NULL,                 -- Catalog Service's own
    developer_id uuid         NOT NULL,
    author_name  varchar(100) NOT NULL,
    is_positive  boolean      NOT NULL,
    body         text         NOT NULL,
    language     varchar(35),                           -- BCP 47
    playtime_minutes integer  CHECK (playtime_minutes >= 0),
    written_at   timestamptz  NOT NULL,
    reply        text,
    replied_by   text,
    replied_at   timestamptz,
    revision     bigint       NOT NULL DEFAULT 1,
    recorded_at  timestamptz  NOT NULL DEFAULT now(),
    PRIMARY KEY (game_id, review_id),
    CHECK ((reply IS NULL) = (replied_at IS NULL))
);
CREATE INDEX player_reviews_newest ON player_reviews (game_id, written_at DESC, review_id);

SELECT protect_rows();
