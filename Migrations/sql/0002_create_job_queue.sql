-- Creates the job queue.
--
-- Facts are split by how often they change. A job's body is written once and never rewritten; the hot tables hold
-- narrow rows that are inserted and deleted, never updated; what is finished leaves them. A job stands in exactly one of
-- job_ready, job_later, job_parked, job_held, job_lease and job_batch until its end. `Sources/JobQueue/README.md` draws it.
--
-- Locks:  none of note; the tables are new.
-- Undo:   DROP VIEW job_status; DROP FUNCTION and DROP TABLE of each, DROP SEQUENCE job_id (loses every job).

-- Numbers of jobs, handed out in blocks of 256 so that a client needs no round trip for them.
CREATE SEQUENCE job_id AS bigint MINVALUE 256 INCREMENT BY 256 CACHE 1;

CREATE TABLE job_queue (
    id            smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text     NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    paused        boolean  NOT NULL DEFAULT false,
    running_limit integer  CHECK (running_limit BETWEEN 0 AND 10000),  -- attempts at a time in all workers together
    key_limit     integer  CHECK (key_limit BETWEEN 1 AND 10000),      -- jobs of one key that may run at a time
    rate          double precision CHECK (rate BETWEEN 0.001 AND 1000000),  -- attempts begun in a second, in the long run
    burst         integer  CHECK (burst BETWEEN 1 AND 1000000),        -- attempts begun at once after a rest
    tokens        double precision NOT NULL DEFAULT 0,                 -- of the bucket, as of tokens_at
    tokens_at     timestamptz NOT NULL DEFAULT now(),
    recount_at    timestamptz,                                         -- when the used slots of its keys are counted again
    created_at    timestamptz NOT NULL DEFAULT now(),
    CHECK ((rate IS NULL) = (burst IS NULL))
) WITH (fillfactor = 50);

-- What operators set for the pools of a queue: on one node, or on all of them (''). NULL leaves it to the wider setting,
-- and in the end to the worker's own choice.
CREATE TABLE job_pool (
    queue      smallint NOT NULL REFERENCES job_queue,
    node       text     NOT NULL DEFAULT '' CHECK (length(node) <= 128),
    mode       text     CHECK (mode IN ('working', 'paused', 'draining')),
    slots      integer  CHECK (slots BETWEEN 0 AND 10000),
    prefetch   integer  CHECK (prefetch BETWEEN 0 AND 10000),
    least_urgent smallint,                                             -- jobs of a larger priority number are left alone
    tuned_from integer  CHECK (tuned_from BETWEEN 0 AND 10000),        -- self-tuning moves slots within these bounds
    tuned_to   integer  CHECK (tuned_to BETWEEN 0 AND 10000),
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text     NOT NULL,
    PRIMARY KEY (queue, node),
    CHECK ((tuned_from IS NULL) = (tuned_to IS NULL) AND tuned_from <= tuned_to)
) WITH (fillfactor = 50);

-- Who changed what, and how it was before. Append-only.
CREATE TABLE job_audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor   text  NOT NULL,
    action  text  NOT NULL,
    subject text  NOT NULL,
    before  jsonb,
    after   jsonb
);

-- Names of keys: whoever's jobs share slots and take turns, a studio for one.
CREATE TABLE job_key (
    id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200)
);

-- A key's share of a queue. Touched when jobs of the key are enqueued, and when its last waiting job has gone.
CREATE TABLE job_share (
    queue  smallint NOT NULL,
    key    integer  NOT NULL,
    weight smallint NOT NULL DEFAULT 10 CHECK (weight BETWEEN 1 AND 100),
    start  bigint   NOT NULL DEFAULT 0,    -- rank of the first of the jobs that came last
    asked  integer  NOT NULL DEFAULT 0,    -- how many these were
    finish bigint   NOT NULL DEFAULT 0,    -- rank of the key's next job, if it came now
    cap    integer  CHECK (cap BETWEEN 0 AND 10000),  -- instead of the queue's key_limit
    used   integer  NOT NULL DEFAULT 0,    -- jobs admitted: due or running; kept only where there is a limit
    PRIMARY KEY (queue, key)
) WITH (fillfactor = 50);

-- How far the claims of one priority have come: the virtual time of fair queueing.
CREATE TABLE job_lane (
    queue    smallint NOT NULL,
    priority smallint NOT NULL,
    reached  bigint   NOT NULL,
    PRIMARY KEY (queue, priority)
) WITH (fillfactor = 50);

-- The body: append-only, in partitions of ten million numbers that are made ahead and dropped when they are old. Without
-- CHECK constraints, which PostgreSQL reads anew in every statement that inserts: `JobPolicy` lets nothing wrong come so far.
CREATE TABLE job (
    id           bigint      NOT NULL,
    rank         bigint,                               -- its turn among the jobs of its priority; NULL: its number
    created_at   timestamptz NOT NULL DEFAULT now(),
    key          integer,
    timeout      integer     NOT NULL,                 -- milliseconds an attempt may take
    queue        smallint    NOT NULL,
    priority     smallint    NOT NULL DEFAULT 0,       -- smaller runs first
    max_attempts smallint    NOT NULL,
    traits       smallint    NOT NULL DEFAULT 0,       -- 1: leased in batches, 2: others wait for it, 4: holds a unique key
    scope        uuid,                                 -- what the jobs of one run share: a version
    developer_id uuid,
    kind         text        NOT NULL,
    payload      json        NOT NULL,                 -- identifiers only; json, for nobody searches in it and all copy it
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX job_of_scope ON job (scope, id) WHERE scope IS NOT NULL;
CREATE INDEX job_of_developer ON job (developer_id, id) WHERE developer_id IS NOT NULL;

-- Due now. The primary key is the order of the claim. Short jobs that were enqueued together are one row, a run: their
-- numbers follow each other, and their ranks are their numbers. A claim that wants fewer puts the rest of the run back.
CREATE TABLE job_ready (
    rank     bigint   NOT NULL,
    id       bigint   NOT NULL,                        -- of the first
    queue    smallint NOT NULL,
    priority smallint NOT NULL,
    attempt  smallint NOT NULL DEFAULT 0,              -- attempts begun so far
    traits   smallint NOT NULL DEFAULT 0,
    span     smallint NOT NULL DEFAULT 1,              -- jobs, at most 64, none beyond a number that 64 divides
    PRIMARY KEY (queue, priority, rank, id)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- Due at a time: scheduled, snoozed, or waiting to be retried.
CREATE TABLE job_later (
    run_at  timestamptz NOT NULL,
    id      bigint      NOT NULL,
    attempt smallint    NOT NULL DEFAULT 0,
    PRIMARY KEY (run_at, id)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX job_later_id ON job_later (id);

-- Waiting for other jobs.
CREATE TABLE job_parked (
    id      bigint   PRIMARY KEY,
    missing integer  NOT NULL CHECK (missing >= 0)     -- jobs it still waits for
) WITH (fillfactor = 50);

-- Which jobs a parked one waits for. A tolerant edge is satisfied by any end of its parent, others by completion only.
CREATE TABLE job_edge (
    parent   bigint  NOT NULL,
    child    bigint  NOT NULL,
    tolerant boolean NOT NULL DEFAULT false,
    PRIMARY KEY (parent, child)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX job_edge_child ON job_edge (child);

-- Due, but all slots of its key are taken. Claims never see it: an attempt that ends hands its slot over.
CREATE TABLE job_held (
    rank     bigint   NOT NULL,
    id       bigint   NOT NULL,
    key      integer  NOT NULL,
    queue    smallint NOT NULL,
    priority smallint NOT NULL,
    attempt  smallint NOT NULL DEFAULT 0,
    traits   smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (queue, key, priority, rank, id)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- Being run. Never updated: liveness is the worker's.
CREATE TABLE job_lease (
    id        bigint      PRIMARY KEY,
    leased_at timestamptz NOT NULL DEFAULT now(),
    worker    integer     NOT NULL,
    queue     smallint    NOT NULL,
    attempt   smallint    NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX job_lease_worker ON job_lease (worker, queue);

-- Being run, many short jobs in one row, which shrinks as they end.
CREATE TABLE job_batch (
    batch     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    leased_at timestamptz NOT NULL DEFAULT now(),
    worker    integer     NOT NULL,
    queue     smallint    NOT NULL,
    ids       bigint[]    NOT NULL,
    attempts  smallint[]  NOT NULL                     -- of each, the current one counted
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX job_batch_worker ON job_batch (worker);

-- One row a worker process and life; its id is the epoch that fences everything the process writes.
CREATE TABLE job_worker (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text        NOT NULL,
    node       text        NOT NULL DEFAULT '' CHECK (length(node) <= 128),
    started_at timestamptz NOT NULL DEFAULT now(),
    seen       timestamptz NOT NULL DEFAULT now(),
    sleeping   smallint[]  NOT NULL DEFAULT '{}',      -- queues it found empty; whoever enqueues there wakes it
    kinds      text[]      NOT NULL DEFAULT '{}',      -- that it knows
    pools      jsonb       NOT NULL DEFAULT '{}'       -- by queue: mode, slots, prefetch, running, waiting
) WITH (fillfactor = 50);

-- Who does what has to be done once for all: promotes, rescues, fires schedules, makes and drops partitions.
CREATE TABLE job_leader (
    role       text PRIMARY KEY,
    worker     integer     NOT NULL,
    held_until timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Jobs enqueued again and again.
CREATE TABLE job_cron (
    name     text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    schedule text        NOT NULL,
    missed   text        NOT NULL CHECK (missed IN ('skip', 'once', 'each')),
    paused   boolean     NOT NULL DEFAULT false,
    next_at  timestamptz NOT NULL,
    last_at  timestamptz,
    last_job bigint
);

-- How an attempt ended. Append-only, in the partitions of its job.
CREATE TABLE job_outcome (
    id          bigint      NOT NULL,
    started_at  timestamptz,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    worker      integer,
    attempt     smallint    NOT NULL,
    final       boolean     NOT NULL,
    state       text        NOT NULL
        CHECK (state IN ('completed', 'retried', 'snoozed', 'released', 'rescued', 'discarded', 'cancelled')),
    failure     jsonb
) PARTITION BY RANGE (id);
CREATE INDEX job_outcome_id ON job_outcome (id, finished_at);
-- The dead letters.
CREATE INDEX job_outcome_lost ON job_outcome (id) WHERE state IN ('discarded', 'cancelled');

-- Many jobs that completed together, none of them with anything to tell. Append-only, in the partitions of the lowest.
CREATE TABLE job_done (
    low         bigint      NOT NULL,
    high        bigint      NOT NULL,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    worker      integer     NOT NULL,
    queue       smallint    NOT NULL,
    ids         bigint[]    NOT NULL
) PARTITION BY RANGE (low);
CREATE INDEX job_done_range ON job_done USING gist (int8range(low, high, '[]'));

CREATE TABLE job_partition (
    number    bigint PRIMARY KEY,                      -- holds the numbers from 10,000,000 × number
    made_at   timestamptz NOT NULL DEFAULT now(),
    opened_at timestamptz,                             -- when the first job may have come into it
    closed_at timestamptz                              -- when the last one may have
);

-- How far the current attempt is, and what the next one may go on from.
CREATE TABLE job_progress (
    id          bigint      PRIMARY KEY,
    attempt     smallint    NOT NULL,
    bytes_done  bigint      NOT NULL DEFAULT 0,
    bytes_total bigint      NOT NULL DEFAULT 0,
    items_done  bigint      NOT NULL DEFAULT 0,
    items_total bigint      NOT NULL DEFAULT 0,
    checkpoint  jsonb,
    updated_at  timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- A key held by one live job at a time.
CREATE TABLE job_unique (
    key text   PRIMARY KEY,
    id  bigint NOT NULL UNIQUE
);

-- What ended in ten seconds in one worker: append-only sums, so that nobody counts jobs. Histograms count by powers of
-- two of a millisecond: below 1, below 2, below 4 and so on.
CREATE TABLE job_stat (
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    queue     smallint  NOT NULL,
    worker    integer   NOT NULL,
    kind      text      NOT NULL,
    completed integer   NOT NULL,
    retried   integer   NOT NULL,
    discarded integer   NOT NULL,
    other     integer   NOT NULL,                      -- snoozed, released, cancelled, fenced off
    waited    integer[] NOT NULL,                      -- from enqueueing to the first attempt
    ran       integer[] NOT NULL
);
CREATE INDEX job_stat_at ON job_stat (at);

-- Makes the partitions for one range of numbers, if they are not there. Attached rather than created in place: that
-- locks nobody out.
CREATE FUNCTION job_make_partition(wanted bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    parent text;
BEGIN
    INSERT INTO job_partition (number) VALUES (wanted) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    FOREACH parent IN ARRAY ARRAY['job', 'job_outcome', 'job_done'] LOOP
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', parent || '_' || wanted, parent);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                       parent, parent || '_' || wanted, wanted * 10000000, (wanted + 1) * 10000000);
    END LOOP;
    RETURN true;
END $$;

-- Lists of numbers are pressed with what is quicker by far, where the server has it.
DO $$
BEGIN
    ALTER TABLE job_batch ALTER ids SET COMPRESSION lz4, ALTER attempts SET COMPRESSION lz4;
    ALTER TABLE job_done ALTER ids SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$;

SELECT job_make_partition(0), job_make_partition(1), job_make_partition(2);
UPDATE job_partition SET opened_at = now() WHERE number = 0;

-- Admits held jobs of some keys, as far as their limits allow. The caller holds the locks of the shares.
CREATE FUNCTION job_fill(queues smallint[], keys integer[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    admitted integer;
BEGIN
    WITH room AS MATERIALIZED (
        SELECT share.queue, share.key, coalesce(share.cap, queue.key_limit) - share.used AS free
        FROM unnest(queues, keys) AS wanted (queue, key)
        JOIN job_share AS share ON share.queue = wanted.queue AND share.key = wanted.key
        JOIN job_queue AS queue ON queue.id = share.queue
    ), heir AS MATERIALIZED (
        SELECT next.ctid FROM room CROSS JOIN LATERAL (
            SELECT ctid FROM job_held WHERE job_held.queue = room.queue AND job_held.key = room.key
            ORDER BY priority, rank, id
            LIMIT CASE WHEN room.free IS NULL THEN NULL ELSE greatest(room.free, 0) END
            FOR UPDATE SKIP LOCKED
        ) AS next
    ), taken AS (
        DELETE FROM job_held WHERE ctid = ANY (ARRAY (SELECT ctid FROM heir))
        RETURNING queue, key, priority, rank, id, attempt, traits
    ), ready AS (
        INSERT INTO job_ready (queue, priority, rank, id, attempt, traits)
        SELECT queue, priority, rank, id, attempt, traits FROM taken
    ), counted AS (
        UPDATE job_share AS share SET used = used + part.jobs
        FROM (SELECT queue, key, count(*) AS jobs FROM taken GROUP BY queue, key) AS part
        WHERE share.queue = part.queue AND share.key = part.key
    )
    SELECT count(*) INTO admitted FROM taken;
    RETURN admitted;
END $$;

-- Takes jobs in that have become due: they are ready, or held where their key has no free slot.
CREATE FUNCTION job_arrive(arriving bigint[], begun smallint[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    admitted integer;
BEGIN
    -- In order, so that no two wait for each other. What others did before they let go, the next statement sees.
    PERFORM FROM job_share AS share
    WHERE (share.queue, share.key) IN (SELECT queue, key FROM job WHERE id = ANY (arriving) AND key IS NOT NULL)
    ORDER BY share.queue, share.key FOR NO KEY UPDATE;

    WITH fresh AS MATERIALIZED (
        SELECT job.id, job.queue, job.priority, coalesce(job.rank, job.id) AS rank, job.key, job.traits, arrival.attempt,
               coalesce(share.cap, queue.key_limit) - share.used AS free,
               row_number() OVER (PARTITION BY job.queue, job.key ORDER BY job.priority, job.rank, job.id) AS place
        FROM unnest(arriving, begun) AS arrival (id, attempt)
        JOIN job ON job.id = arrival.id
        JOIN job_queue AS queue ON queue.id = job.queue
        LEFT JOIN job_share AS share ON share.queue = job.queue AND share.key = job.key
    ), held AS (
        INSERT INTO job_held (queue, key, priority, rank, id, attempt, traits)
        SELECT queue, key, priority, rank, id, attempt, traits FROM fresh WHERE place > free
    ), ready AS (
        INSERT INTO job_ready (queue, priority, rank, id, attempt, traits)
        SELECT queue, priority, rank, id, attempt, traits FROM fresh WHERE (place > free) IS NOT TRUE
        RETURNING queue
    ), counted AS (
        UPDATE job_share AS share SET used = used + part.jobs
        FROM (SELECT queue, key, count(*) AS jobs FROM fresh WHERE place <= free GROUP BY queue, key) AS part
        WHERE share.queue = part.queue AND share.key = part.key
    )
    SELECT count(*) INTO admitted FROM ready;

    -- Only if somebody sleeps: a notification in every transaction would serialise all commits.
    PERFORM pg_notify('slipway_jobs', job.queue::text)
    FROM (SELECT DISTINCT queue FROM job WHERE id = ANY (arriving)) AS job
    WHERE EXISTS (SELECT FROM job_worker WHERE job.queue = ANY (job_worker.sleeping));
    RETURN admitted;
END $$;

-- Passes the slots of jobs that ended on to the next of their keys; what nobody waits for becomes free.
CREATE FUNCTION job_free(queues smallint[], keys integer[], counts integer[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    idle_queues smallint[];
    idle_keys   integer[];
    idle_counts integer[];
BEGIN
    WITH freed AS MATERIALIZED (
        SELECT ended.queue, ended.key, ended.jobs,
               greatest(ended.jobs - greatest(share.used - coalesce(share.cap, queue.key_limit), 0), 0) AS heirs
        FROM unnest(queues, keys, counts) AS ended (queue, key, jobs)
        JOIN job_share AS share ON share.queue = ended.queue AND share.key = ended.key
        JOIN job_queue AS queue ON queue.id = ended.queue
        WHERE coalesce(share.cap, queue.key_limit) IS NOT NULL
    ), heir AS MATERIALIZED (
        SELECT next.ctid FROM freed CROSS JOIN LATERAL (
            SELECT ctid FROM job_held WHERE job_held.queue = freed.queue AND job_held.key = freed.key
            ORDER BY priority, rank, id LIMIT freed.heirs FOR UPDATE SKIP LOCKED
        ) AS next
    ), taken AS (
        DELETE FROM job_held WHERE ctid = ANY (ARRAY (SELECT ctid FROM heir))
        RETURNING queue, key, priority, rank, id, attempt, traits
    ), ready AS (
        INSERT INTO job_ready (queue, priority, rank, id, attempt, traits)
        SELECT queue, priority, rank, id, attempt, traits FROM taken
    ), idle AS (
        SELECT freed.queue, freed.key, freed.jobs - coalesce(part.jobs, 0) AS jobs
        FROM freed LEFT JOIN (SELECT queue, key, count(*) AS jobs FROM taken GROUP BY queue, key) AS part
            ON part.queue = freed.queue AND part.key = freed.key
        WHERE freed.jobs > coalesce(part.jobs, 0)
        ORDER BY freed.queue, freed.key
    )
    SELECT array_agg(queue), array_agg(key), array_agg(jobs) INTO idle_queues, idle_keys, idle_counts FROM idle;
    IF idle_queues IS NULL THEN RETURN; END IF;

    PERFORM FROM job_share AS share
    WHERE (share.queue, share.key) IN (SELECT * FROM unnest(idle_queues, idle_keys))
    ORDER BY share.queue, share.key FOR NO KEY UPDATE;
    UPDATE job_share AS share SET used = greatest(share.used - idle.jobs, 0)
    FROM unnest(idle_queues, idle_keys, idle_counts) AS idle (queue, key, jobs)
    WHERE share.queue = idle.queue AND share.key = idle.key;
    -- With the locks held, whoever was held before is seen, and whoever comes later finds the free slot.
    PERFORM job_fill(idle_queues, idle_keys);
END $$;

-- Counts the used slots of a queue's keys anew, after a limit was set, lowered or lifted, and holds or admits what that
-- makes too much or too little.
CREATE FUNCTION job_recount(counted_queue smallint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM job_share WHERE queue = counted_queue ORDER BY queue, key FOR NO KEY UPDATE;
    UPDATE job_share AS share SET used = coalesce(live.jobs, 0)
    FROM job_share AS old LEFT JOIN (
        SELECT job.key, count(*) AS jobs
        FROM (SELECT id FROM job_ready WHERE queue = counted_queue
              UNION ALL SELECT id FROM job_lease WHERE queue = counted_queue
              UNION ALL SELECT unnest(ids) FROM job_batch WHERE queue = counted_queue) AS live
        JOIN job ON job.id = live.id
        WHERE job.key IS NOT NULL GROUP BY job.key
    ) AS live ON live.key = old.key
    WHERE old.queue = counted_queue AND share.queue = old.queue AND share.key = old.key
      AND share.used <> coalesce(live.jobs, 0);

    WITH excess AS MATERIALIZED (
        SELECT ready.ctid, job.key FROM (
            SELECT ready.ctid, ready.id,
                   row_number() OVER (PARTITION BY job.key ORDER BY ready.priority DESC, ready.rank DESC, ready.id DESC) AS place,
                   share.used - coalesce(share.cap, queue.key_limit) AS surplus
            FROM job_ready AS ready JOIN job ON job.id = ready.id
            JOIN job_share AS share ON share.queue = ready.queue AND share.key = job.key
            JOIN job_queue AS queue ON queue.id = ready.queue
            WHERE ready.queue = counted_queue
        ) AS ready JOIN job ON job.id = ready.id
        WHERE ready.place <= ready.surplus
    ), locked AS MATERIALIZED (
        SELECT ctid FROM job_ready WHERE ctid = ANY (ARRAY (SELECT ctid FROM excess)) FOR UPDATE SKIP LOCKED
    ), taken AS (
        DELETE FROM job_ready WHERE ctid = ANY (ARRAY (SELECT ctid FROM locked))
        RETURNING queue, priority, rank, id, attempt, traits
    ), held AS (
        INSERT INTO job_held (queue, key, priority, rank, id, attempt, traits)
        SELECT taken.queue, job.key, taken.priority, taken.rank, taken.id, taken.attempt, taken.traits
        FROM taken JOIN job ON job.id = taken.id
        RETURNING key
    )
    UPDATE job_share AS share SET used = used - part.jobs
    FROM (SELECT key, count(*) AS jobs FROM held GROUP BY key) AS part
    WHERE share.queue = counted_queue AND share.key = part.key;

    PERFORM job_fill(array_agg(queue), array_agg(key)) FROM job_share WHERE queue = counted_queue HAVING count(*) > 0;
END $$;

CREATE VIEW job_status AS
SELECT job.id, queue.name AS queue, job.kind, job.payload, job.priority, job.max_attempts, job.scope, job.developer_id,
       key.name AS key, job.created_at,
       CASE WHEN lease.id IS NOT NULL OR batch.batch IS NOT NULL THEN 'running'
            WHEN ready.id IS NOT NULL OR held.id IS NOT NULL THEN 'available'
            WHEN later.id IS NOT NULL THEN CASE WHEN later.attempt > 0 THEN 'retryable' ELSE 'scheduled' END
            WHEN parked.id IS NOT NULL THEN 'scheduled'
            WHEN last.final THEN last.state
            ELSE 'completed' END AS state,
       coalesce(lease.attempt, batch.attempt, ready.attempt, held.attempt, later.attempt, last.attempt,
                CASE WHEN parked.id IS NULL THEN 1 ELSE 0 END)::smallint AS attempt,
       coalesce(lease.worker, batch.worker) AS worker, coalesce(lease.leased_at, batch.leased_at) AS leased_at,
       coalesce(lease.leased_at, batch.leased_at) + job.timeout * interval '1 millisecond' AS deadline_at,
       later.run_at, parked.missing, held.id IS NOT NULL AS held,
       CASE WHEN last.final THEN last.finished_at END AS finished_at,
       last.started_at AS last_started_at, last.failure,
       progress.bytes_done, progress.bytes_total, progress.items_done, progress.items_total, progress.checkpoint
FROM job
JOIN job_queue AS queue ON queue.id = job.queue
LEFT JOIN job_key AS key ON key.id = job.key
LEFT JOIN job_lease AS lease ON lease.id = job.id
LEFT JOIN LATERAL (
    SELECT batch, worker, leased_at, attempts[array_position(ids, job.id)] AS attempt FROM job_batch
    WHERE job.traits & 1 = 1 AND job.id = ANY (ids) LIMIT 1
) AS batch ON true
LEFT JOIN LATERAL (
    SELECT id, attempt FROM job_ready
    WHERE job_ready.queue = job.queue AND job_ready.priority = job.priority
      AND job_ready.rank = coalesce(job.rank, job.id) AND job_ready.id = job.id
    UNION ALL
    SELECT id, attempt FROM job_ready
    WHERE job.traits & 1 = 1 AND job.rank IS NULL AND job_ready.queue = job.queue AND job_ready.priority = job.priority
      AND job_ready.rank >= job.id - job.id % 64 AND job_ready.rank < job.id
      AND job_ready.id = job_ready.rank AND job_ready.id + job_ready.span > job.id
) AS ready ON true
LEFT JOIN job_held AS held
    ON held.queue = job.queue AND held.key = job.key AND held.priority = job.priority
    AND held.rank = coalesce(job.rank, job.id) AND held.id = job.id
LEFT JOIN job_later AS later ON later.id = job.id
LEFT JOIN job_parked AS parked ON parked.id = job.id
LEFT JOIN job_progress AS progress ON progress.id = job.id
LEFT JOIN LATERAL (
    SELECT * FROM (
        (SELECT state, final, attempt, started_at, finished_at, failure FROM job_outcome
         WHERE job_outcome.id = job.id ORDER BY finished_at DESC LIMIT 1)
        UNION ALL
        (SELECT 'completed', true, NULL, started_at, finished_at, NULL FROM job_done
         WHERE job.traits & 1 = 1 AND int8range(low, high, '[]') @> job.id AND job.id = ANY (ids) LIMIT 1)
    ) AS outcome ORDER BY finished_at DESC LIMIT 1
) AS last ON true;
