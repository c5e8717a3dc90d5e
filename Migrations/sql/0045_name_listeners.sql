-- Names the services of the platform that hear events, and keeps the trace that an event belongs to.
--
-- Locks:  ACCESS EXCLUSIVE on outbox and webhook_endpoints, for an instant: the columns have no default.
-- Undo:   ALTER TABLE outbox DROP COLUMN traceparent; ALTER TABLE webhook_endpoints DROP COLUMN service;

ALTER TABLE outbox ADD COLUMN traceparent text;         -- W3C Trace Context of the request that caused it

-- One endpoint for each service of the platform, wherever it is: an operator may move it. Studios' have none.
ALTER TABLE webhook_endpoints ADD COLUMN service text UNIQUE CHECK (service IS NULL OR developer_id IS NULL);
