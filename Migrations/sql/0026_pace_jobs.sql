-- Rates of kinds and of keys within a queue.
--
-- A claim of a queue that has such rates takes only what their buckets allow; what it meets beyond that is put off to the
-- time at which its token will be there, so that nobody's claims walk over it. Jobs that were put off stand in a line: what
-- comes later is put off behind it.
--
-- Locks:  none of note; the tables are new.
-- Undo:   DROP FUNCTION job_put_off; DROP TABLE job_paced, job_rate;  (jobs that were put off stay in job_later)

CREATE TABLE job_rate (
    id        integer  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue     smallint NOT NULL REFERENCES job_queue,
    kind      text     CHECK (length(kind) BETWEEN 1 AND 64),
    key       integer  REFERENCES job_key,
    rate      double precision NOT NULL CHECK (rate BETWEEN 0.001 AND 1000000),  -- attempts begun in a second
    burst     integer  NOT NULL CHECK (burst BETWEEN 1 AND 1000000),             -- attempts begun at once after a rest
    tokens    double precision NOT NULL,                                         -- of the bucket, as of tokens_at
    tokens_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_at   timestamptz NOT NULL DEFAULT clock_timestamp(),                    -- when the last in line may begin
    put_off   integer  NOT NULL DEFAULT 0,                                       -- by the latest claim
    CHECK ((kind IS NULL) <> (key IS NULL))
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX job_rate_kind ON job_rate (queue, kind) WHERE kind IS NOT NULL;
CREATE UNIQUE INDEX job_rate_key ON job_rate (queue, key) WHERE key IS NOT NULL;

-- Jobs in line: put off, and not begun since.
CREATE TABLE job_paced (
    id bigint PRIMARY KEY
);

-- Keeps jobs that a claim has taken out of job_ready until a time each; their slots go to others meanwhile.
--
-- Returns how many.
CREATE FUNCTION job_put_off(ids bigint[], attempts smallint[], times timestamptz[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    fresh  bigint[];
    queues smallint[];
    keys   integer[];
    counts integer[];
BEGIN
    IF ids IS NULL THEN RETURN 0; END IF;
    -- A job of two rates may be there already.
    WITH late AS (
        INSERT INTO job_later (run_at, id, attempt)
        SELECT one.run_at, one.id, one.attempt FROM unnest(ids, attempts, times) AS one (id, attempt, run_at)
        WHERE NOT EXISTS (SELECT FROM job_later WHERE job_later.id = one.id)
        RETURNING id
    )
    SELECT array_agg(id) INTO fresh FROM late;
    IF fresh IS NULL THEN RETURN 0; END IF;
    INSERT INTO job_paced (id) SELECT unnest(fresh) ON CONFLICT DO NOTHING;
    SELECT array_agg(part.queue), array_agg(part.key), array_agg(part.jobs) INTO queues, keys, counts FROM (
        SELECT queue, key, count(*)::integer AS jobs FROM job WHERE id = ANY (fresh) AND key IS NOT NULL GROUP BY queue, key
    ) AS part;
    IF queues IS NOT NULL THEN PERFORM job_free(queues, keys, counts); END IF;
    RETURN cardinality(fresh);
END $$;
