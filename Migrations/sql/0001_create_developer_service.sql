-- Creates the tables of the Developer Service specification (section 5.1).
--
-- Names, columns, types and defaults are the specification's; its stray comma after games is mended, its nullable
-- foreign keys and statuses are NOT NULL, and its enums are CHECKed. Columns of ours stand after theirs.
--
-- Locks:  none of note; the tables are new.
-- Undo:   DROP TABLE of each, youngest first (loses everything).

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE TABLE developers (
    developer_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    company_name        varchar(255) NOT NULL,
    legal_details       jsonb,
    verification_status varchar(50)  NOT NULL DEFAULT 'pending'
        CHECK (verification_status IN ('pending', 'verified', 'rejected')),
    created_at          timestamptz  NOT NULL DEFAULT now(),
    updated_at          timestamptz  NOT NULL DEFAULT now(),
    verification_reason text,
    verified_at         timestamptz,
    revision            bigint       NOT NULL DEFAULT 1
);
CREATE TRIGGER touch_developers BEFORE UPDATE ON developers FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE developer_teams (
    team_member_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    developer_id   uuid        NOT NULL REFERENCES developers (developer_id) ON DELETE CASCADE,
    user_id        uuid        NOT NULL,
    role           varchar(50) NOT NULL CHECK (role IN ('admin', 'developer', 'finance', 'marketing')),
    added_at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (developer_id, user_id)
);
CREATE INDEX developer_teams_user ON developer_teams (user_id);

CREATE VIEW team_member_roles AS
    SELECT team_member_id, developer_id, user_id, role FROM developer_teams;

CREATE TABLE games (
    game_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    developer_id uuid         NOT NULL REFERENCES developers (developer_id) ON DELETE RESTRICT,
    title        varchar(255) NOT NULL,
    status       varchar(50)  NOT NULL DEFAULT 'draft'
        CHECK (status IN ('draft', 'pending_review', 'approved', 'rejected', 'published', 'removed')),
    created_at   timestamptz  NOT NULL DEFAULT now(),
    updated_at   timestamptz  NOT NULL DEFAULT now(),
    revision     bigint       NOT NULL DEFAULT 1
);
CREATE INDEX games_of_developer ON games (developer_id, created_at DESC, game_id);
CREATE TRIGGER touch_games BEFORE UPDATE ON games FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE game_versions (
    version_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    game_id         uuid          NOT NULL REFERENCES games (game_id) ON DELETE CASCADE,
    version_string  varchar(100)  NOT NULL,
    status          varchar(50)   NOT NULL DEFAULT 'uploading'
        CHECK (status IN ('uploading', 'uploaded', 'processing', 'ready', 'failed')),
    s3_path         varchar(1024) NOT NULL,
    file_hash       varchar(64),
    file_size       bigint,
    changelog       text,
    uploaded_at     timestamptz   NOT NULL DEFAULT now(),
    review_status   varchar(50)   NOT NULL DEFAULT 'not_submitted',
    attempt         integer       NOT NULL DEFAULT 1,      -- uploads begun under this version string
    job_id          bigint,                                -- the job that ingests the current attempt
    manifest_digest bytea CHECK (octet_length(manifest_digest) = 32),
    failure         jsonb,                                 -- why the current attempt failed
    created_at      timestamptz   NOT NULL DEFAULT now(),
    committed_at    timestamptz,                           -- when the upload was committed
    finished_at     timestamptz,                           -- when it became ready or failed
    UNIQUE (game_id, version_string)
);
CREATE INDEX game_versions_newest ON game_versions (game_id, created_at DESC, version_id);

CREATE TABLE game_metadata (
    metadata_id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    game_id             uuid NOT NULL UNIQUE REFERENCES games (game_id) ON DELETE CASCADE,
    description         text,
    short_description   varchar(500),
    system_requirements jsonb,
    tags                text[],
    genres              text[],
    age_rating          varchar(50),
    media_urls          jsonb,
    updated_at          timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER touch_game_metadata BEFORE UPDATE ON game_metadata FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE game_pricing (
    pricing_id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    game_id             uuid NOT NULL UNIQUE REFERENCES games (game_id) ON DELETE CASCADE,
    base_price          decimal(10, 2) NOT NULL DEFAULT 0.00,
    regional_prices     jsonb,
    discount_price      decimal(10, 2),
    discount_start_date timestamptz,
    discount_end_date   timestamptz,
    updated_at          timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER touch_game_pricing BEFORE UPDATE ON game_pricing FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- RESTRICT, not the specification's CASCADE: the history of money outlives its company.
CREATE TABLE developer_payouts (
    payout_id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    developer_id        uuid           NOT NULL REFERENCES developers (developer_id) ON DELETE RESTRICT,
    amount              decimal(12, 2) NOT NULL,
    currency            varchar(3)     NOT NULL DEFAULT 'RUB',
    status              varchar(50)    NOT NULL DEFAULT 'requested'
        CHECK (status IN ('requested', 'processing', 'completed', 'failed')),
    requested_at        timestamptz    NOT NULL DEFAULT now(),
    processed_at        timestamptz,
    transaction_details jsonb
);
CREATE INDEX developer_payouts_newest ON developer_payouts (developer_id, requested_at DESC);

CREATE TABLE developer_api_keys (
    key_id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    developer_id uuid         NOT NULL REFERENCES developers (developer_id) ON DELETE CASCADE,
    api_key_hash varchar(128) NOT NULL UNIQUE,
    key_prefix   varchar(8)   NOT NULL UNIQUE,
    permissions  text[]       NOT NULL DEFAULT '{}',
    created_at   timestamptz  NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    is_active    boolean      NOT NULL DEFAULT true,
    name         text,
    expires_at   timestamptz,
    created_by   uuid
);
CREATE INDEX developer_api_keys_of_developer ON developer_api_keys (developer_id, created_at DESC);

CREATE VIEW api_keys AS SELECT * FROM developer_api_keys;
