-- Lets a request's trace go on in the jobs that it causes.
--
-- Locks:  ACCESS EXCLUSIVE on job and its partitions, for the moment of adding a column without a default.
-- Undo:   ALTER TABLE job DROP COLUMN traceparent.

ALTER TABLE job ADD COLUMN traceparent text;                    -- W3C Trace Context; null: nobody's request
