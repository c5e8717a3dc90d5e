-- Adds what running companies needs: suspension, documents for verification, invitations into teams.
--
-- Locks:  ACCESS EXCLUSIVE on developers for the moment of adding columns without a default to compute.
-- Undo:   DROP TABLE of each; ALTER TABLE developers DROP COLUMN of each (loses them).

-- A suspended company reads and changes nothing; it keeps its verification.
ALTER TABLE developers
    ADD COLUMN suspended_at      timestamptz,
    ADD COLUMN suspension_reason text,
    ADD COLUMN account_type      text NOT NULL DEFAULT 'developer' CHECK (account_type IN ('developer', 'publisher'));

CREATE TABLE developer_documents (
    document_id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    developer_id uuid        NOT NULL REFERENCES developers (developer_id) ON DELETE CASCADE,
    kind         text        NOT NULL CHECK (kind IN ('registration', 'tax', 'charter', 'identity', 'authority', 'other')),
    file_name    varchar(255) NOT NULL,
    content_type text        NOT NULL CHECK (content_type IN ('application/pdf', 'image/png', 'image/jpeg')),
    file_size    bigint      NOT NULL CHECK (file_size > 0),
    object_key   text        NOT NULL UNIQUE,
    state        text        NOT NULL DEFAULT 'uploading' CHECK (state IN ('uploading', 'scanning', 'ready', 'rejected')),
    file_hash    bytea CHECK (octet_length(file_hash) = 32),
    reason       text,                                  -- why it was rejected, as a stable code
    uploaded_by  uuid        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz
);
CREATE INDEX developer_documents_of_developer ON developer_documents (developer_id, created_at DESC, document_id);
CREATE INDEX developer_documents_abandoned ON developer_documents (created_at) WHERE state = 'uploading';

-- Of the token only a hash is here; the token is computed again, from the row and a secret, when the mail is sent.
CREATE TABLE team_invitations (
    invitation_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    developer_id  uuid         NOT NULL REFERENCES developers (developer_id) ON DELETE CASCADE,
    email         varchar(254) NOT NULL,
    role          varchar(50)  NOT NULL CHECK (role IN ('admin', 'developer', 'finance', 'marketing')),
    token_hash    bytea        NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    state         text         NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
    sendings      integer      NOT NULL DEFAULT 1,      -- each sending has a token of its own and ends the one before
    invited_by    uuid         NOT NULL,
    created_at    timestamptz  NOT NULL DEFAULT now(),
    expires_at    timestamptz  NOT NULL,
    answered_at   timestamptz,
    accepted_by   uuid
);
CREATE INDEX team_invitations_of_developer ON team_invitations (developer_id, created_at DESC, invitation_id);
CREATE UNIQUE INDEX team_invitations_pending ON team_invitations (developer_id, lower(email)) WHERE state = 'pending';
