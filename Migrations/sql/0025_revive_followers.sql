-- Lets a failed job be redriven with the jobs that were cancelled because it had failed.
--
-- An edge is deleted only when it is satisfied, so those that are left say what an ended job had waited for. Statements that
-- count followers down or drop them are functions: each statement in them sees what was committed while the one before it
-- waited for a lock, which a single statement would not.
--
-- Locks:  none; nothing is rewritten.
-- Undo:   DROP FUNCTION job_count_down, job_drop_followers, job_revive.

-- Counts down the jobs that waited for some that have ended.
--
-- Returns those that wait for nothing any more; they stand nowhere until the caller takes them in.
CREATE FUNCTION job_count_down(parents bigint[], tolerant_only boolean) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    children bigint[];
    ended    integer[];
    free     bigint[];
BEGIN
    WITH cut AS (
        DELETE FROM job_edge WHERE parent = ANY (parents) AND (tolerant OR NOT tolerant_only) RETURNING child
    )
    SELECT array_agg(part.child), array_agg(part.jobs) INTO children, ended
    FROM (SELECT child, count(*)::integer AS jobs FROM cut GROUP BY child) AS part;
    IF children IS NULL THEN RETURN '{}'; END IF;
    -- In order, so that no two wait for each other: parents that end at the same time do this one after another, and
    -- exactly one of them sees zero.
    PERFORM FROM job_parked WHERE id = ANY (children) ORDER BY id FOR UPDATE;
    UPDATE job_parked SET missing = missing - part.jobs
    FROM unnest(children, ended) AS part (child, jobs) WHERE job_parked.id = part.child;
    WITH gone AS (
        DELETE FROM job_parked WHERE id = ANY (children) AND missing = 0 RETURNING id
    )
    SELECT array_agg(id ORDER BY id) INTO free FROM gone;
    RETURN coalesce(free, '{}');
END $$;

-- Cancels the jobs that needed some to complete which did not. Returns those that were; theirs come next.
CREATE FUNCTION job_drop_followers(parents bigint[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    dropped bigint[];
BEGIN
    PERFORM FROM job_edge WHERE parent = ANY (parents) AND NOT tolerant ORDER BY parent, child FOR UPDATE;
    WITH reason AS (
        SELECT child, min(parent) AS parent FROM job_edge WHERE parent = ANY (parents) AND NOT tolerant GROUP BY child
    ), gone AS (
        DELETE FROM job_parked USING reason WHERE job_parked.id = reason.child RETURNING job_parked.id, reason.parent
    ), recorded AS (
        INSERT INTO job_outcome (id, attempt, state, final, failure)
        SELECT id, 0, 'cancelled', true,
               jsonb_build_object('code', 'parent-failed', 'retryable', false,
                                  'message', 'job ' || parent || ', which it waited for, failed')
        FROM gone
    ), freed AS (
        DELETE FROM job_unique WHERE id IN (SELECT id FROM gone)
    )
    SELECT array_agg(id ORDER BY id) INTO dropped FROM gone;
    RETURN coalesce(dropped, '{}');
END $$;

-- Revives jobs that failed or were cancelled, and those that were cancelled only because of them, as far as these can run
-- now: all that they still wait for lives or is revived, too. What waits for another that lives or is revived is parked.
--
-- Returns the followers that were revived, at most `most`. The caller holds the locks of the bodies asked for.
CREATE FUNCTION job_revive(asked bigint[], most integer) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    live    text[]   := ARRAY['scheduled', 'available', 'running', 'retryable'];
    revived bigint[] := asked;
    fresh   bigint[] := asked;
    due     bigint[];
BEGIN
    LOOP
        -- Locked before anybody's state is read: a parent that ends meanwhile waits, and then finds what stands here.
        PERFORM FROM job_edge
        WHERE child IN (SELECT child FROM job_edge WHERE parent = ANY (fresh) AND NOT tolerant) OR child = ANY (fresh)
        ORDER BY parent, child FOR UPDATE;
        SELECT array_agg(next.child) INTO fresh FROM (
            SELECT DISTINCT edge.child FROM job_edge AS edge
            JOIN job_status AS follower ON follower.id = edge.child
            WHERE edge.parent = ANY (fresh) AND NOT edge.tolerant AND edge.child <> ALL (revived)
              AND follower.state = 'cancelled' AND follower.failure->>'code' = 'parent-failed'
              AND NOT EXISTS (
                  SELECT FROM job_edge AS other JOIN job_status AS parent ON parent.id = other.parent
                  WHERE other.child = edge.child AND NOT other.tolerant AND other.parent <> ALL (revived)
                    AND parent.state <> ALL (live))
            ORDER BY edge.child LIMIT greatest(most + cardinality(asked) - cardinality(revived), 0)
        ) AS next;
        EXIT WHEN fresh IS NULL;
        revived := revived || fresh;
    END LOOP;

    -- Somebody wanted these to run though what they waited for never will.
    DELETE FROM job_edge AS edge
    WHERE edge.child = ANY (revived) AND edge.parent <> ALL (revived)
      AND NOT EXISTS (SELECT FROM job_status WHERE job_status.id = edge.parent AND job_status.state = ANY (live));
    INSERT INTO job_parked (id, missing)
    SELECT child, count(*) FROM job_edge WHERE child = ANY (revived) GROUP BY child;
    SELECT array_agg(one.id) INTO due FROM unnest(revived) AS one (id)
    WHERE NOT EXISTS (SELECT FROM job_parked WHERE job_parked.id = one.id);
    IF due IS NOT NULL THEN PERFORM job_arrive(due, array_fill(0::smallint, ARRAY[cardinality(due)])); END IF;
    RETURN revived[cardinality(asked) + 1:];
END $$;
