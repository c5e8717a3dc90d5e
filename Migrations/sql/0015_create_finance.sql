-- Creates the ledger, and what payouts and payout details need beside the specification's table.
--
-- Balance is never stored: it is the sum of the ledger. Whoever writes to a company's ledger, or sets money aside for a
-- payout, holds the company's row of finance_accounts, so that seq grows without gaps in the order of commits and no two
-- payouts see the same money.
--
-- Locks:  ACCESS EXCLUSIVE on developer_payouts, empty or small.
-- Undo:   DROP TABLE payout_events, developer_payment_settings, finance_transactions, finance_feeds, finance_accounts;
--         ALTER TABLE developer_payouts DROP COLUMN of each (loses the ledger).

CREATE TABLE finance_accounts (
    developer_id uuid   PRIMARY KEY REFERENCES developers (developer_id) ON DELETE RESTRICT,
    last_seq     bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE finance_transactions (
    developer_id   uuid           NOT NULL REFERENCES developers (developer_id) ON DELETE RESTRICT,
    seq            bigint         NOT NULL CHECK (seq > 0),          -- 1, 2, 3 … in each company
    transaction_id uuid           NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    source         text           NOT NULL CHECK (length(source) BETWEEN 1 AND 64),
    source_id      text           NOT NULL CHECK (length(source_id) BETWEEN 1 AND 128),    -- the source's own id
    type           text           NOT NULL
        CHECK (type IN ('sale', 'refund', 'fee', 'tax', 'payout', 'adjustment', 'service_fee')),
    amount         numeric(20, 4) NOT NULL,                          -- what the balance grows by
    currency       varchar(3)     NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    game_id        uuid,                                             -- no foreign key: money outlives games
    payout_id      uuid REFERENCES developer_payouts (payout_id),
    description    text,
    occurred_at    timestamptz    NOT NULL,
    available_at   timestamptz    NOT NULL,                          -- pending before
    recorded_at    timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (developer_id, seq),
    UNIQUE (source, source_id),
    CONSTRAINT sign_of_type CHECK (
        CASE WHEN type = 'sale' THEN amount > 0
             WHEN type IN ('tax', 'adjustment') THEN amount <> 0
             ELSE amount < 0 END),
    CONSTRAINT payout_has_payout CHECK ((type = 'payout') = (payout_id IS NOT NULL))
);
-- The balance reads this and nothing else.
CREATE INDEX finance_transactions_balance ON finance_transactions (developer_id, currency, available_at)
    INCLUDE (amount);
CREATE INDEX finance_transactions_time ON finance_transactions (developer_id, occurred_at);

CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER keep_ledger BEFORE UPDATE OR DELETE ON finance_transactions
    FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER keep_whole_ledger BEFORE TRUNCATE ON finance_transactions EXECUTE FUNCTION refuse_ledger_change();

-- How far each feed of entries has been read.
CREATE TABLE finance_feeds (
    feed      text        PRIMARY KEY,
    cursor    text,
    polled_at timestamptz NOT NULL DEFAULT now()
);

-- Where a company's money goes: one row a change, never rewritten but for its wrapped key. Ciphertext only; the last four
-- digits of the account are what people see. Without its key a row is noise: that is how it is erased.
CREATE TABLE developer_payment_settings (
    developer_id          uuid        NOT NULL REFERENCES developers (developer_id) ON DELETE RESTRICT,
    version               integer     NOT NULL CHECK (version > 0),
    legal_form            text        NOT NULL,
    recipient_name        bytea       NOT NULL,
    inn                   bytea       NOT NULL,
    kpp                   bytea,
    ogrn                  bytea,
    bank_name             bytea       NOT NULL,
    bik                   bytea       NOT NULL,
    correspondent_account bytea,
    account_number        bytea       NOT NULL,
    account_hint          varchar(4)  NOT NULL,
    key_id                text        NOT NULL,
    wrapped_key           bytea,                                     -- null: erased
    redirects             boolean     NOT NULL,                      -- whether it sends money elsewhere than before
    needs_approval        boolean     NOT NULL DEFAULT false,        -- no payout by it until a second person has looked
    approved_by           text,                                      -- user:…, or platform:…
    approved_at           timestamptz,
    created_at            timestamptz NOT NULL DEFAULT now(),
    created_by            uuid,
    PRIMARY KEY (developer_id, version),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL))
);
CREATE INDEX developer_payment_settings_key ON developer_payment_settings (key_id) WHERE wrapped_key IS NOT NULL;

ALTER TABLE developer_payouts
    ADD CONSTRAINT developer_payouts_amount CHECK (amount > 0),
    ADD CONSTRAINT developer_payouts_currency CHECK (currency ~ '^[A-Z]{3}$'),
    ADD COLUMN requested_by     uuid,
    ADD COLUMN idempotency_key  text CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    ADD COLUMN details_version  integer,
    ADD COLUMN account_hint     varchar(4),
    ADD COLUMN failure_reason   text,
    ADD COLUMN reference        text,                                -- Payment Service's name for it
    ADD COLUMN handed_over_at   timestamptz,
    ADD COLUMN revision         bigint NOT NULL DEFAULT 1,
    ADD CONSTRAINT developer_payouts_details
        FOREIGN KEY (developer_id, details_version) REFERENCES developer_payment_settings (developer_id, version);
CREATE UNIQUE INDEX developer_payouts_key ON developer_payouts (developer_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX developer_payouts_open ON developer_payouts (developer_id) WHERE status IN ('requested', 'processing');
CREATE INDEX developer_payouts_waiting ON developer_payouts (handed_over_at) WHERE status = 'processing';

-- Everything that was said of a payout, what was not believed included. Append-only.
CREATE TABLE payout_events (
    payout_id  uuid        NOT NULL REFERENCES developer_payouts (payout_id) ON DELETE RESTRICT,
    seq        bigint      GENERATED ALWAYS AS IDENTITY,
    event      text        NOT NULL,
    source     text        NOT NULL,                                 -- who said it
    verdict    text        NOT NULL CHECK (verdict IN ('applied', 'old', 'contradiction')),
    status     varchar(50) NOT NULL,                                 -- after it
    reason     text,
    message_id text,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (payout_id, seq)
);
CREATE UNIQUE INDEX payout_events_message ON payout_events (payout_id, source, message_id) WHERE message_id IS NOT NULL;
CREATE TRIGGER keep_payout_events BEFORE UPDATE OR DELETE ON payout_events
    FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();

SELECT protect_rows();
