
CREATE FUNCTION public.append_to_audit_chain() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    link audit_chain;
BEGIN
    INSERT INTO audit_chain (developer_id, seq, hash) VALUES (NEW.developer_id, 0, '\x')
    ON CONFLICT (developer_id) DO NOTHING;
    SELECT * INTO STRICT link FROM audit_chain WHERE developer_id = NEW.developer_id FOR UPDATE;
    NEW.seq := link.seq + 1;
    NEW.at := clock_timestamp();
    NEW.prev_hash := link.hash;
    NEW.hash := audit_hash(NEW);
    UPDATE audit_chain SET seq = NEW.seq, hash = NEW.hash WHERE developer_id = NEW.developer_id;
    RETURN NEW;
END
$$;

CREATE TABLE public.audit_log (
    developer_id uuid NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_kind text NOT NULL,
    actor text NOT NULL,
    address text,
    user_agent text,
    request_id text,
    action text NOT NULL,
    target text NOT NULL,
    before jsonb,
    after jsonb,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_log_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'key'::text, 'service'::text, 'system'::text])))
);

CREATE FUNCTION public.audit_hash(entry public.audit_log) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        entry.developer_id, entry.seq, (extract(epoch FROM entry.at) * 1000000)::bigint, entry.actor_kind, entry.actor,
        entry.address, entry.user_agent, entry.request_id, entry.action, entry.target, entry.before, entry.after,
        encode(entry.prev_hash, 'hex'))::text, 'UTF8'))
$$;

CREATE FUNCTION public.job_arrive(arriving bigint[], begun smallint[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.job_count_down(parents bigint[], tolerant_only boolean) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.job_drop_followers(parents bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.job_fill(queues smallint[], keys integer[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.job_free(queues smallint[], keys integer[], counts integer[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.job_make_partition(wanted bigint) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.job_put_off(ids bigint[], attempts smallint[], times timestamp with time zone[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
DECLARE
    queues smallint[];
    keys   integer[];
    counts integer[];
BEGIN
    IF ids IS NULL THEN RETURN 0; END IF;
    INSERT INTO job_later (run_at, id, attempt) SELECT * FROM unnest(times, ids, attempts);
    INSERT INTO job_paced (id) SELECT unnest(ids) ON CONFLICT DO NOTHING;
    SELECT array_agg(part.queue), array_agg(part.key), array_agg(part.jobs) INTO queues, keys, counts FROM (
        SELECT queue, key, count(*)::integer AS jobs FROM job WHERE id = ANY (ids) AND key IS NOT NULL GROUP BY queue, key
    ) AS part;
    IF queues IS NOT NULL THEN PERFORM job_free(queues, keys, counts); END IF;
    RETURN cardinality(ids);
END $$;

CREATE FUNCTION public.job_recount(counted_queue smallint) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.job_revive(asked bigint[], most integer) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.note_pack() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO storage_ledger (developer_id, kind, bytes) VALUES (NEW.developer_id, 'transferred', NEW.size);
    RETURN NULL;
END
$$;

CREATE FUNCTION public.note_upload() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO storage_ledger (developer_id, kind, bytes) VALUES (NEW.developer_id, 'uploaded', NEW.file_size);
    RETURN NULL;
END
$$;

CREATE FUNCTION public.protect_rows() RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
    protected record;
BEGIN
    FOR protected IN
        SELECT class.oid::regclass AS name, bool_or(attribute.attname = 'developer_id') AS has_developer
        FROM pg_class AS class
        JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND NOT attribute.attisdropped
        WHERE class.relnamespace = current_schema::regnamespace AND class.relkind IN ('r', 'p') AND NOT class.relispartition
          AND NOT class.relrowsecurity AND attribute.attname IN ('developer_id', 'game_id')
        GROUP BY class.oid
        ORDER BY class.oid
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected.name);
        IF protected.has_developer THEN
            EXECUTE format(
                'CREATE POLICY own_rows ON %s TO slipway_tenant
                 USING (developer_id IS NULL OR developer_id = (SELECT tenant()))', protected.name);
        ELSE
            EXECUTE format(
                'CREATE POLICY own_rows ON %1$s TO slipway_tenant
                 USING (EXISTS (SELECT FROM games WHERE games.game_id = %1$s.game_id))', protected.name);
        END IF;
    END LOOP;
    FOR protected IN
        SELECT DISTINCT ON (class.oid) class.oid::regclass AS name, road.attribute, road.parent, road.key
        FROM (VALUES (1, 'version_id', 'game_versions', 'version_id'), (2, 'to_version', 'game_versions', 'version_id'),
                     (3, 'review_id', 'reviews', 'review_id'), (4, 'payout_id', 'developer_payouts', 'payout_id'),
                     (5, 'endpoint_id', 'webhook_endpoints', 'endpoint_id'))
            AS road (rank, attribute, parent, key)
        JOIN pg_attribute AS attribute ON attribute.attname = road.attribute AND NOT attribute.attisdropped
        JOIN pg_class AS class ON class.oid = attribute.attrelid
        WHERE class.relnamespace = current_schema::regnamespace AND class.relkind IN ('r', 'p') AND NOT class.relispartition
          AND NOT class.relrowsecurity AND class.relname <> road.parent
        ORDER BY class.oid, road.rank
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected.name);
        EXECUTE format(
            'CREATE POLICY own_rows ON %1$s TO slipway_tenant
             USING (EXISTS (SELECT FROM %2$I AS parent WHERE parent.%3$I = %1$s.%4$I))',
            protected.name, protected.parent, protected.key, protected.attribute);
    END LOOP;
END
$_$;

CREATE FUNCTION public.prune_audit_log(company uuid, older_than timestamp with time zone, most integer) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    link audit_chain;
    last audit_log;
    gone bigint;
BEGIN
    SELECT * INTO link FROM audit_chain WHERE developer_id = company FOR UPDATE;
    IF NOT FOUND THEN RETURN 0; END IF;
    SELECT * INTO last FROM (
        SELECT * FROM audit_log
        WHERE developer_id = company AND seq > link.cut_seq AND seq <= link.cut_seq + most AND seq < link.seq
          AND at < older_than
        ORDER BY seq) AS old
    ORDER BY old.seq DESC LIMIT 1;
    IF NOT FOUND THEN RETURN 0; END IF;
    UPDATE audit_chain SET cut_seq = last.seq, cut_hash = last.hash WHERE developer_id = company;
    DELETE FROM audit_log WHERE developer_id = company AND seq <= last.seq;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

CREATE FUNCTION public.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Old rows go by the function below only, which writes the cut down before.
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM audit_chain WHERE developer_id = OLD.developer_id AND cut_seq >= OLD.seq) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.refuse_ledger_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT nullif(current_setting('slipway.developer_id', true), '')::uuid
$$;

CREATE FUNCTION public.touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE UNLOGGED TABLE public.analytics_answers (
    developer_id uuid NOT NULL,
    question text NOT NULL,
    answer text NOT NULL,
    fetched_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT analytics_answers_question_check CHECK ((length(question) <= 500))
);

CREATE TABLE public.analytics_reports (
    report_id uuid DEFAULT gen_random_uuid() NOT NULL,
    developer_id uuid NOT NULL,
    type text NOT NULL,
    format text NOT NULL,
    from_date date NOT NULL,
    to_date date NOT NULL,
    game_id uuid,
    country character varying(2),
    parameters text NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    requested_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    expires_at timestamp with time zone,
    object_key text,
    size bigint,
    digest bytea,
    row_count bigint,
    failure jsonb,
    revision bigint DEFAULT 1 NOT NULL,
    CONSTRAINT analytics_reports_check CHECK ((from_date <= to_date)),
    CONSTRAINT analytics_reports_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT analytics_reports_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'json'::text]))),
    CONSTRAINT analytics_reports_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'generating'::text, 'ready'::text, 'failed'::text, 'expired'::text]))),
    CONSTRAINT analytics_reports_type_check CHECK ((type = ANY (ARRAY['sales'::text, 'players'::text, 'geography'::text, 'demographics'::text]))),
    CONSTRAINT ready_has_file CHECK (((status <> 'ready'::text) OR ((object_key IS NOT NULL) AND (size IS NOT NULL) AND (digest IS NOT NULL) AND (expires_at IS NOT NULL))))
);

CREATE TABLE public.developer_api_keys (
    key_id uuid DEFAULT gen_random_uuid() NOT NULL,
    developer_id uuid NOT NULL,
    api_key_hash character varying(128) NOT NULL,
    key_prefix character varying(8) NOT NULL,
    permissions text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    is_active boolean DEFAULT true NOT NULL,
    name text,
    expires_at timestamp with time zone,
    created_by uuid,
    game_ids uuid[],
    networks text[] DEFAULT '{}'::text[] NOT NULL,
    replaced_by uuid,
    trust_id uuid,
    provenance jsonb
);

CREATE VIEW public.api_keys WITH (security_invoker='true') AS
 SELECT developer_api_keys.key_id,
    developer_api_keys.developer_id,
    developer_api_keys.api_key_hash,
    developer_api_keys.key_prefix,
    developer_api_keys.permissions,
    developer_api_keys.created_at,
    developer_api_keys.last_used_at,
    developer_api_keys.is_active,
    developer_api_keys.name,
    developer_api_keys.expires_at,
    developer_api_keys.created_by
   FROM public.developer_api_keys;

CREATE TABLE public.audit_chain (
    developer_id uuid NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    cut_seq bigint DEFAULT 0 NOT NULL,
    cut_hash bytea DEFAULT '\x'::bytea NOT NULL
);

CREATE TABLE public.build_files (
    version_id uuid NOT NULL,
    file_no integer NOT NULL,
    path text NOT NULL COLLATE pg_catalog."C",
    entry text NOT NULL,
    size bigint NOT NULL,
    executable boolean NOT NULL,
    target text,
    CONSTRAINT build_files_entry_check CHECK ((entry = ANY (ARRAY['file'::text, 'directory'::text, 'symlink'::text])))
);

CREATE TABLE public.channel_history (
    history_id bigint NOT NULL,
    game_id uuid NOT NULL,
    name character varying(32) NOT NULL,
    developer_id uuid NOT NULL,
    action text NOT NULL,
    version_id uuid NOT NULL,
    previous_version_id uuid,
    rollout_percent smallint NOT NULL,
    actor text NOT NULL,
    reason text,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT channel_history_action_check CHECK ((action = ANY (ARRAY['publish'::text, 'rollout'::text, 'halt'::text, 'rollback'::text, 'recall'::text, 'delete'::text])))
);

ALTER TABLE public.channel_history ALTER COLUMN history_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.channel_history_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.channels (
    game_id uuid NOT NULL,
    name character varying(32) NOT NULL,
    developer_id uuid NOT NULL,
    version_id uuid NOT NULL,
    previous_version_id uuid,
    rollout_state text NOT NULL,
    rollout_percent smallint NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT channels_check CHECK (((rollout_state = 'complete'::text) = (rollout_percent = 100))),
    CONSTRAINT channels_check1 CHECK (((rollout_state = 'complete'::text) OR (previous_version_id IS NOT NULL))),
    CONSTRAINT channels_rollout_percent_check CHECK (((rollout_percent >= 0) AND (rollout_percent <= 100))),
    CONSTRAINT channels_rollout_state_check CHECK ((rollout_state = ANY (ARRAY['rolling'::text, 'halted'::text, 'complete'::text])))
);

CREATE TABLE public.chunks (
    developer_id uuid NOT NULL,
    digest bytea NOT NULL,
    length integer NOT NULL,
    pack_id bigint NOT NULL,
    pack_offset bigint NOT NULL,
    stored_length integer NOT NULL,
    codec smallint NOT NULL,
    CONSTRAINT chunks_codec_check CHECK ((codec = ANY (ARRAY[0, 1]))),
    CONSTRAINT chunks_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT chunks_length_check CHECK ((length > 0)),
    CONSTRAINT chunks_stored_length_check CHECK ((stored_length > 0))
);

CREATE TABLE public.developer_documents (
    document_id uuid DEFAULT gen_random_uuid() NOT NULL,
    developer_id uuid NOT NULL,
    kind text NOT NULL,
    file_name character varying(255) NOT NULL,
    content_type text NOT NULL,
    file_size bigint NOT NULL,
    object_key text NOT NULL,
    state text DEFAULT 'uploading'::text NOT NULL,
    file_hash bytea,
    reason text,
    uploaded_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    completed_at timestamp with time zone,
    CONSTRAINT developer_documents_content_type_check CHECK ((content_type = ANY (ARRAY['application/pdf'::text, 'image/png'::text, 'image/jpeg'::text]))),
    CONSTRAINT developer_documents_file_hash_check CHECK ((octet_length(file_hash) = 32)),
    CONSTRAINT developer_documents_file_size_check CHECK ((file_size > 0)),
    CONSTRAINT developer_documents_kind_check CHECK ((kind = ANY (ARRAY['registration'::text, 'tax'::text, 'charter'::text, 'identity'::text, 'authority'::text, 'other'::text]))),
    CONSTRAINT developer_documents_state_check CHECK ((state = ANY (ARRAY['uploading'::text, 'scanning'::text, 'ready'::text, 'rejected'::text])))
);

CREATE TABLE public.developer_payment_settings (
    developer_id uuid NOT NULL,
    version integer NOT NULL,
    legal_form text NOT NULL,
    recipient_name bytea NOT NULL,
    inn bytea NOT NULL,
    kpp bytea,
    ogrn bytea,
    bank_name bytea NOT NULL,
    bik bytea NOT NULL,
    correspondent_account bytea,
    account_number bytea NOT NULL,
    account_hint character varying(4) NOT NULL,
    key_id text NOT NULL,
    wrapped_key bytea,
    redirects boolean NOT NULL,
    needs_approval boolean DEFAULT false NOT NULL,
    approved_by text,
    approved_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    CONSTRAINT developer_payment_settings_check CHECK (((approved_by IS NULL) = (approved_at IS NULL))),
    CONSTRAINT developer_payment_settings_version_check CHECK ((version > 0))
);

CREATE TABLE public.developer_payouts (
    payout_id uuid DEFAULT gen_random_uuid() NOT NULL,
    developer_id uuid NOT NULL,
    amount numeric(12,2) NOT NULL,
    currency character varying(3) DEFAULT 'RUB'::character varying NOT NULL,
    status character varying(50) DEFAULT 'requested'::character varying NOT NULL,
    requested_at timestamp with time zone DEFAULT now() NOT NULL,
    processed_at timestamp with time zone,
    transaction_details jsonb,
    requested_by uuid,
    idempotency_key text,
    details_version integer,
    account_hint character varying(4),
    failure_reason text,
    reference text,
    handed_over_at timestamp with time zone,
    revision bigint DEFAULT 1 NOT NULL,
    CONSTRAINT developer_payouts_amount CHECK ((amount > (0)::numeric)),
    CONSTRAINT developer_payouts_currency CHECK (((currency)::text ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT developer_payouts_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255))),
    CONSTRAINT developer_payouts_status_check CHECK (((status)::text = ANY ((ARRAY['requested'::character varying, 'processing'::character varying, 'completed'::character varying, 'failed'::character varying])::text[])))
);

CREATE TABLE public.developer_teams (
    team_member_id uuid DEFAULT gen_random_uuid() NOT NULL,
    developer_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role character varying(50) NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT developer_teams_role_check CHECK (((role)::text = ANY ((ARRAY['admin'::character varying, 'developer'::character varying, 'finance'::character varying, 'marketing'::character varying])::text[])))
);

CREATE TABLE public.developers (
    developer_id uuid DEFAULT gen_random_uuid() NOT NULL,
    company_name character varying(255) NOT NULL,
    legal_details jsonb,
    verification_status character varying(50) DEFAULT 'pending'::character varying NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    verification_reason text,
    verified_at timestamp with time zone,
    revision bigint DEFAULT 1 NOT NULL,
    suspended_at timestamp with time zone,
    suspension_reason text,
    account_type text DEFAULT 'developer'::text NOT NULL,
    CONSTRAINT developers_account_type_check CHECK ((account_type = ANY (ARRAY['developer'::text, 'publisher'::text]))),
    CONSTRAINT developers_verification_status_check CHECK (((verification_status)::text = ANY ((ARRAY['pending'::character varying, 'verified'::character varying, 'rejected'::character varying])::text[])))
);

CREATE TABLE public.file_chunks (
    version_id uuid NOT NULL,
    file_no integer NOT NULL,
    digest bytea NOT NULL,
    chunks bytea NOT NULL,
    CONSTRAINT file_chunks_digest_check CHECK ((octet_length(digest) = 32))
);

CREATE TABLE public.finance_accounts (
    developer_id uuid NOT NULL,
    last_seq bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.finance_feeds (
    feed text NOT NULL,
    cursor text,
    polled_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.finance_transactions (
    developer_id uuid NOT NULL,
    seq bigint NOT NULL,
    transaction_id uuid DEFAULT gen_random_uuid() NOT NULL,
    source text NOT NULL,
    source_id text NOT NULL,
    type text NOT NULL,
    amount numeric(20,4) NOT NULL,
    currency character varying(3) NOT NULL,
    game_id uuid,
    payout_id uuid,
    description text,
    occurred_at timestamp with time zone NOT NULL,
    available_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT finance_transactions_currency_check CHECK (((currency)::text ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT finance_transactions_seq_check CHECK ((seq > 0)),
    CONSTRAINT finance_transactions_source_check CHECK (((length(source) >= 1) AND (length(source) <= 64))),
    CONSTRAINT finance_transactions_source_id_check CHECK (((length(source_id) >= 1) AND (length(source_id) <= 128))),
    CONSTRAINT finance_transactions_type_check CHECK ((type = ANY (ARRAY['sale'::text, 'refund'::text, 'fee'::text, 'tax'::text, 'payout'::text, 'adjustment'::text, 'service_fee'::text]))),
    CONSTRAINT payout_has_payout CHECK (((type = 'payout'::text) = (payout_id IS NOT NULL))),
    CONSTRAINT sign_of_type CHECK (
CASE
    WHEN (type = 'sale'::text) THEN (amount > (0)::numeric)
    WHEN (type = ANY (ARRAY['tax'::text, 'adjustment'::text])) THEN (amount <> (0)::numeric)
    ELSE (amount < (0)::numeric)
END)
);

CREATE TABLE public.game_media (
    media_id uuid DEFAULT gen_random_uuid() NOT NULL,
    game_id uuid NOT NULL,
    developer_id uuid NOT NULL,
    kind text NOT NULL,
    format text NOT NULL,
    state text DEFAULT 'reserved'::text NOT NULL,
    file_name character varying(255) NOT NULL,
    file_size bigint NOT NULL,
    alt character varying(500),
    "position" integer NOT NULL,
    upload_key text NOT NULL,
    object_key text,
    digest bytea,
    size bigint,
    width integer,
    height integer,
    job_id bigint,
    failure jsonb,
    revision bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT game_media_check CHECK (((state = 'ready'::text) = ((object_key IS NOT NULL) AND (digest IS NOT NULL) AND (size IS NOT NULL)))),
    CONSTRAINT game_media_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT game_media_file_size_check CHECK ((file_size > 0)),
    CONSTRAINT game_media_format_check CHECK ((format = ANY (ARRAY['png'::text, 'jpeg'::text, 'webp'::text, 'mp4'::text, 'webm'::text, 'zip'::text]))),
    CONSTRAINT game_media_kind_check CHECK ((kind = ANY (ARRAY['screenshot'::text, 'video'::text, 'art'::text, 'press_kit'::text]))),
    CONSTRAINT game_media_state_check CHECK ((state = ANY (ARRAY['reserved'::text, 'uploaded'::text, 'processing'::text, 'ready'::text, 'failed'::text])))
);

CREATE TABLE public.game_metadata (
    metadata_id uuid DEFAULT gen_random_uuid() NOT NULL,
    game_id uuid NOT NULL,
    description text,
    short_description character varying(500),
    system_requirements jsonb,
    tags text[],
    genres text[],
    age_rating character varying(50),
    media_urls jsonb,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    foreign_ratings jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT game_metadata_age_rating_check CHECK (((age_rating)::text = ANY ((ARRAY['0+'::character varying, '6+'::character varying, '12+'::character varying, '16+'::character varying, '18+'::character varying])::text[])))
);

CREATE TABLE public.game_pricing (
    pricing_id uuid DEFAULT gen_random_uuid() NOT NULL,
    game_id uuid NOT NULL,
    base_price numeric(10,2) DEFAULT 0.00 NOT NULL,
    regional_prices jsonb,
    discount_price numeric(10,2),
    discount_start_date timestamp with time zone,
    discount_end_date timestamp with time zone,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    CONSTRAINT game_pricing_prices_check CHECK (((base_price >= (0)::numeric) AND (discount_price >= (0)::numeric)))
);

CREATE TABLE public.game_versions (
    version_id uuid DEFAULT gen_random_uuid() NOT NULL,
    game_id uuid NOT NULL,
    version_string character varying(100) NOT NULL,
    status character varying(50) DEFAULT 'uploading'::character varying NOT NULL,
    s3_path character varying(1024) NOT NULL,
    file_hash character varying(64),
    file_size bigint,
    changelog text,
    uploaded_at timestamp with time zone DEFAULT now() NOT NULL,
    review_status character varying(50) DEFAULT 'not_submitted'::character varying NOT NULL,
    attempt integer DEFAULT 1 NOT NULL,
    job_id bigint,
    manifest_digest bytea,
    failure jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    committed_at timestamp with time zone,
    finished_at timestamp with time zone,
    provenance jsonb,
    CONSTRAINT game_versions_manifest_digest_check CHECK ((octet_length(manifest_digest) = 32)),
    CONSTRAINT game_versions_review_status_check CHECK (((review_status)::text = ANY ((ARRAY['not_submitted'::character varying, 'in_review'::character varying, 'approved'::character varying, 'rejected'::character varying, 'withdrawn'::character varying, 'live'::character varying, 'superseded'::character varying, 'recalled'::character varying])::text[]))),
    CONSTRAINT game_versions_status_check CHECK (((status)::text = ANY ((ARRAY['uploading'::character varying, 'uploaded'::character varying, 'processing'::character varying, 'ready'::character varying, 'failed'::character varying])::text[])))
);

CREATE TABLE public.games (
    game_id uuid DEFAULT gen_random_uuid() NOT NULL,
    developer_id uuid NOT NULL,
    title character varying(255) NOT NULL,
    status character varying(50) DEFAULT 'draft'::character varying NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    published_at timestamp with time zone,
    unpublished_at timestamp with time zone,
    CONSTRAINT games_status_check CHECK (((status)::text = ANY ((ARRAY['draft'::character varying, 'pending_review'::character varying, 'approved'::character varying, 'rejected'::character varying, 'published'::character varying, 'removed'::character varying])::text[])))
);

CREATE TABLE public.garbage_objects (
    garbage_id bigint NOT NULL,
    object_key text NOT NULL,
    store_upload text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.garbage_objects ALTER COLUMN garbage_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.garbage_objects_garbage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.idempotency_keys (
    scope bytea NOT NULL,
    payload bytea NOT NULL,
    attempt integer DEFAULT 1 NOT NULL,
    locked_until timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    CONSTRAINT idempotency_keys_payload_check CHECK ((octet_length(payload) = 32)),
    CONSTRAINT idempotency_keys_scope_check CHECK ((octet_length(scope) = 32))
);

CREATE TABLE public.job (
    id bigint NOT NULL,
    rank bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    key integer,
    timeout integer NOT NULL,
    queue smallint NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    traits smallint DEFAULT 0 NOT NULL,
    scope uuid,
    developer_id uuid,
    kind text NOT NULL,
    payload json NOT NULL,
    traceparent text
)
PARTITION BY RANGE (id);

CREATE TABLE public.job_0 (
    id bigint NOT NULL,
    rank bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    key integer,
    timeout integer NOT NULL,
    queue smallint NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    traits smallint DEFAULT 0 NOT NULL,
    scope uuid,
    developer_id uuid,
    kind text NOT NULL,
    payload json NOT NULL,
    traceparent text
);

CREATE TABLE public.job_1 (
    id bigint NOT NULL,
    rank bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    key integer,
    timeout integer NOT NULL,
    queue smallint NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    traits smallint DEFAULT 0 NOT NULL,
    scope uuid,
    developer_id uuid,
    kind text NOT NULL,
    payload json NOT NULL,
    traceparent text
);

CREATE TABLE public.job_2 (
    id bigint NOT NULL,
    rank bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    key integer,
    timeout integer NOT NULL,
    queue smallint NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    traits smallint DEFAULT 0 NOT NULL,
    scope uuid,
    developer_id uuid,
    kind text NOT NULL,
    payload json NOT NULL,
    traceparent text
);

CREATE TABLE public.job_audit (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    before jsonb,
    after jsonb
);

ALTER TABLE public.job_audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job_batch (
    batch bigint NOT NULL,
    leased_at timestamp with time zone DEFAULT now() NOT NULL,
    worker integer NOT NULL,
    queue smallint NOT NULL,
    ids bigint[] NOT NULL,
    attempts smallint[] NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0');
ALTER TABLE ONLY public.job_batch ALTER COLUMN ids SET COMPRESSION lz4;
ALTER TABLE ONLY public.job_batch ALTER COLUMN attempts SET COMPRESSION lz4;

ALTER TABLE public.job_batch ALTER COLUMN batch ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_batch_batch_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job_cron (
    name text NOT NULL,
    schedule text NOT NULL,
    missed text NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    next_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone,
    last_job bigint,
    CONSTRAINT job_cron_missed_check CHECK ((missed = ANY (ARRAY['skip'::text, 'once'::text, 'each'::text]))),
    CONSTRAINT job_cron_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64)))
);

CREATE TABLE public.job_done (
    low bigint NOT NULL,
    high bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    worker integer NOT NULL,
    queue smallint NOT NULL,
    ids bigint[] NOT NULL
)
PARTITION BY RANGE (low);
ALTER TABLE ONLY public.job_done ALTER COLUMN ids SET COMPRESSION lz4;

CREATE TABLE public.job_done_0 (
    low bigint NOT NULL,
    high bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    worker integer NOT NULL,
    queue smallint NOT NULL,
    ids bigint[] NOT NULL
);
ALTER TABLE ONLY public.job_done_0 ALTER COLUMN ids SET COMPRESSION lz4;

CREATE TABLE public.job_done_1 (
    low bigint NOT NULL,
    high bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    worker integer NOT NULL,
    queue smallint NOT NULL,
    ids bigint[] NOT NULL
);
ALTER TABLE ONLY public.job_done_1 ALTER COLUMN ids SET COMPRESSION lz4;

CREATE TABLE public.job_done_2 (
    low bigint NOT NULL,
    high bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    worker integer NOT NULL,
    queue smallint NOT NULL,
    ids bigint[] NOT NULL
);
ALTER TABLE ONLY public.job_done_2 ALTER COLUMN ids SET COMPRESSION lz4;

CREATE TABLE public.job_edge (
    parent bigint NOT NULL,
    child bigint NOT NULL,
    tolerant boolean DEFAULT false NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.job_held (
    rank bigint NOT NULL,
    id bigint NOT NULL,
    key integer NOT NULL,
    queue smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    traits smallint DEFAULT 0 NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0');

CREATE SEQUENCE public.job_id
    START WITH 256
    INCREMENT BY 256
    MINVALUE 256
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.job_key (
    id integer NOT NULL,
    name text NOT NULL,
    CONSTRAINT job_key_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);

ALTER TABLE public.job_key ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job_lane (
    queue smallint NOT NULL,
    priority smallint NOT NULL,
    reached bigint NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.job_later (
    run_at timestamp with time zone NOT NULL,
    id bigint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.job_leader (
    role text NOT NULL,
    worker integer NOT NULL,
    held_until timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.job_lease (
    id bigint NOT NULL,
    leased_at timestamp with time zone DEFAULT now() NOT NULL,
    worker integer NOT NULL,
    queue smallint NOT NULL,
    attempt smallint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.job_outcome (
    id bigint NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    worker integer,
    attempt smallint NOT NULL,
    final boolean NOT NULL,
    state text NOT NULL,
    failure jsonb,
    CONSTRAINT job_outcome_state_check CHECK ((state = ANY (ARRAY['completed'::text, 'retried'::text, 'snoozed'::text, 'released'::text, 'rescued'::text, 'discarded'::text, 'cancelled'::text])))
)
PARTITION BY RANGE (id);

CREATE TABLE public.job_outcome_0 (
    id bigint NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    worker integer,
    attempt smallint NOT NULL,
    final boolean NOT NULL,
    state text NOT NULL,
    failure jsonb,
    CONSTRAINT job_outcome_state_check CHECK ((state = ANY (ARRAY['completed'::text, 'retried'::text, 'snoozed'::text, 'released'::text, 'rescued'::text, 'discarded'::text, 'cancelled'::text])))
);

CREATE TABLE public.job_outcome_1 (
    id bigint NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    worker integer,
    attempt smallint NOT NULL,
    final boolean NOT NULL,
    state text NOT NULL,
    failure jsonb,
    CONSTRAINT job_outcome_state_check CHECK ((state = ANY (ARRAY['completed'::text, 'retried'::text, 'snoozed'::text, 'released'::text, 'rescued'::text, 'discarded'::text, 'cancelled'::text])))
);

CREATE TABLE public.job_outcome_2 (
    id bigint NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    worker integer,
    attempt smallint NOT NULL,
    final boolean NOT NULL,
    state text NOT NULL,
    failure jsonb,
    CONSTRAINT job_outcome_state_check CHECK ((state = ANY (ARRAY['completed'::text, 'retried'::text, 'snoozed'::text, 'released'::text, 'rescued'::text, 'discarded'::text, 'cancelled'::text])))
);

CREATE TABLE public.job_paced (
    id bigint NOT NULL
);

CREATE TABLE public.job_parked (
    id bigint NOT NULL,
    missing integer NOT NULL,
    CONSTRAINT job_parked_missing_check CHECK ((missing >= 0))
)
WITH (fillfactor='50');

CREATE TABLE public.job_partition (
    number bigint NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    opened_at timestamp with time zone,
    closed_at timestamp with time zone
);

CREATE TABLE public.job_pool (
    queue smallint NOT NULL,
    node text DEFAULT ''::text NOT NULL,
    mode text,
    slots integer,
    prefetch integer,
    least_urgent smallint,
    tuned_from integer,
    tuned_to integer,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT job_pool_check CHECK ((((tuned_from IS NULL) = (tuned_to IS NULL)) AND (tuned_from <= tuned_to))),
    CONSTRAINT job_pool_mode_check CHECK ((mode = ANY (ARRAY['working'::text, 'paused'::text, 'draining'::text]))),
    CONSTRAINT job_pool_node_check CHECK ((length(node) <= 128)),
    CONSTRAINT job_pool_prefetch_check CHECK (((prefetch >= 0) AND (prefetch <= 10000))),
    CONSTRAINT job_pool_slots_check CHECK (((slots >= 0) AND (slots <= 10000))),
    CONSTRAINT job_pool_tuned_from_check CHECK (((tuned_from >= 0) AND (tuned_from <= 10000))),
    CONSTRAINT job_pool_tuned_to_check CHECK (((tuned_to >= 0) AND (tuned_to <= 10000)))
)
WITH (fillfactor='50');

CREATE TABLE public.job_progress (
    id bigint NOT NULL,
    attempt smallint NOT NULL,
    bytes_done bigint DEFAULT 0 NOT NULL,
    bytes_total bigint DEFAULT 0 NOT NULL,
    items_done bigint DEFAULT 0 NOT NULL,
    items_total bigint DEFAULT 0 NOT NULL,
    checkpoint jsonb,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.job_queue (
    id smallint NOT NULL,
    name text NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    running_limit integer,
    key_limit integer,
    rate double precision,
    burst integer,
    tokens double precision DEFAULT 0 NOT NULL,
    tokens_at timestamp with time zone DEFAULT now() NOT NULL,
    recount_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT job_queue_burst_check CHECK (((burst >= 1) AND (burst <= 1000000))),
    CONSTRAINT job_queue_check CHECK (((rate IS NULL) = (burst IS NULL))),
    CONSTRAINT job_queue_key_limit_check CHECK (((key_limit >= 1) AND (key_limit <= 10000))),
    CONSTRAINT job_queue_name_check CHECK (((length(name) >= 1) AND (length(name) <= 64))),
    CONSTRAINT job_queue_rate_check CHECK (((rate >= (0.001)::double precision) AND (rate <= (1000000)::double precision))),
    CONSTRAINT job_queue_running_limit_check CHECK (((running_limit >= 0) AND (running_limit <= 10000)))
)
WITH (fillfactor='50');

ALTER TABLE public.job_queue ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_queue_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job_rate (
    id integer NOT NULL,
    queue smallint NOT NULL,
    kind text,
    key integer,
    rate double precision NOT NULL,
    burst integer NOT NULL,
    tokens double precision NOT NULL,
    tokens_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    next_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    put_off integer DEFAULT 0 NOT NULL,
    CONSTRAINT job_rate_burst_check CHECK (((burst >= 1) AND (burst <= 1000000))),
    CONSTRAINT job_rate_check CHECK (((kind IS NULL) <> (key IS NULL))),
    CONSTRAINT job_rate_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 64))),
    CONSTRAINT job_rate_rate_check CHECK (((rate >= (0.001)::double precision) AND (rate <= (1000000)::double precision)))
)
WITH (fillfactor='50');

ALTER TABLE public.job_rate ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_rate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job_ready (
    rank bigint NOT NULL,
    id bigint NOT NULL,
    queue smallint NOT NULL,
    priority smallint NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    traits smallint DEFAULT 0 NOT NULL,
    span smallint DEFAULT 1 NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0');

CREATE TABLE public.job_share (
    queue smallint NOT NULL,
    key integer NOT NULL,
    weight smallint DEFAULT 10 NOT NULL,
    start bigint DEFAULT 0 NOT NULL,
    asked integer DEFAULT 0 NOT NULL,
    finish bigint DEFAULT 0 NOT NULL,
    cap integer,
    used integer DEFAULT 0 NOT NULL,
    CONSTRAINT job_share_cap_check CHECK (((cap >= 0) AND (cap <= 10000))),
    CONSTRAINT job_share_weight_check CHECK (((weight >= 1) AND (weight <= 100)))
)
WITH (fillfactor='50');

CREATE TABLE public.job_stat (
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    queue smallint NOT NULL,
    worker integer NOT NULL,
    kind text NOT NULL,
    completed integer NOT NULL,
    retried integer NOT NULL,
    discarded integer NOT NULL,
    other integer NOT NULL,
    waited integer[] NOT NULL,
    ran integer[] NOT NULL
);

CREATE VIEW public.job_status WITH (security_invoker='true') AS
 SELECT job.id,
    queue.name AS queue,
    job.kind,
    job.payload,
    job.priority,
    job.max_attempts,
    job.scope,
    job.developer_id,
    key.name AS key,
    job.created_at,
        CASE
            WHEN ((lease.id IS NOT NULL) OR (batch.batch IS NOT NULL)) THEN 'running'::text
            WHEN ((ready.id IS NOT NULL) OR (held.id IS NOT NULL)) THEN 'available'::text
            WHEN (later.id IS NOT NULL) THEN
            CASE
                WHEN (later.attempt > 0) THEN 'retryable'::text
                ELSE 'scheduled'::text
            END
            WHEN (parked.id IS NOT NULL) THEN 'scheduled'::text
            WHEN last.final THEN last.state
            ELSE 'completed'::text
        END AS state,
    (COALESCE((lease.attempt)::integer, (batch.attempt)::integer, (ready.attempt)::integer, (held.attempt)::integer, (later.attempt)::integer, (last.attempt)::integer,
        CASE
            WHEN (parked.id IS NULL) THEN 1
            ELSE 0
        END))::smallint AS attempt,
    COALESCE(lease.worker, batch.worker) AS worker,
    COALESCE(lease.leased_at, batch.leased_at) AS leased_at,
    (COALESCE(lease.leased_at, batch.leased_at) + ((job.timeout)::double precision * '00:00:00.001'::interval)) AS deadline_at,
    later.run_at,
    parked.missing,
    (held.id IS NOT NULL) AS held,
        CASE
            WHEN last.final THEN last.finished_at
            ELSE NULL::timestamp with time zone
        END AS finished_at,
    last.started_at AS last_started_at,
    last.failure,
    progress.bytes_done,
    progress.bytes_total,
    progress.items_done,
    progress.items_total,
    progress.checkpoint
   FROM ((((((((((public.job
     JOIN public.job_queue queue ON ((queue.id = job.queue)))
     LEFT JOIN public.job_key key ON ((key.id = job.key)))
     LEFT JOIN public.job_lease lease ON ((lease.id = job.id)))
     LEFT JOIN LATERAL ( SELECT job_batch.batch,
            job_batch.worker,
            job_batch.leased_at,
            job_batch.attempts[array_position(job_batch.ids, job.id)] AS attempt
           FROM public.job_batch
          WHERE ((((job.traits)::integer & 1) = 1) AND (job.id = ANY (job_batch.ids)))
         LIMIT 1) batch ON (true))
     LEFT JOIN LATERAL ( SELECT job_ready.id,
            job_ready.attempt
           FROM public.job_ready
          WHERE ((job_ready.queue = job.queue) AND (job_ready.priority = job.priority) AND (job_ready.rank = COALESCE(job.rank, job.id)) AND (job_ready.id = job.id))
        UNION ALL
         SELECT job_ready.id,
            job_ready.attempt
           FROM public.job_ready
          WHERE ((((job.traits)::integer & 1) = 1) AND (job.rank IS NULL) AND (job_ready.queue = job.queue) AND (job_ready.priority = job.priority) AND (job_ready.rank >= (job.id - (job.id % (64)::bigint))) AND (job_ready.rank < job.id) AND (job_ready.id = job_ready.rank) AND ((job_ready.id + job_ready.span) > job.id))) ready ON (true))
     LEFT JOIN public.job_held held ON (((held.queue = job.queue) AND (held.key = job.key) AND (held.priority = job.priority) AND (held.rank = COALESCE(job.rank, job.id)) AND (held.id = job.id))))
     LEFT JOIN public.job_later later ON ((later.id = job.id)))
     LEFT JOIN public.job_parked parked ON ((parked.id = job.id)))
     LEFT JOIN public.job_progress progress ON ((progress.id = job.id)))
     LEFT JOIN LATERAL ( SELECT outcome.state,
            outcome.final,
            outcome.attempt,
            outcome.started_at,
            outcome.finished_at,
            outcome.failure
           FROM (( SELECT job_outcome.state,
                    job_outcome.final,
                    job_outcome.attempt,
                    job_outcome.started_at,
                    job_outcome.finished_at,
                    job_outcome.failure
                   FROM public.job_outcome
                  WHERE (job_outcome.id = job.id)
                  ORDER BY job_outcome.finished_at DESC
                 LIMIT 1)
                UNION ALL
                ( SELECT 'completed'::text,
                    true,
                    NULL::smallint,
                    job_done.started_at,
                    job_done.finished_at,
                    NULL::jsonb
                   FROM public.job_done
                  WHERE ((((job.traits)::integer & 1) = 1) AND (int8range(job_done.low, job_done.high, '[]'::text) @> job.id) AND (job.id = ANY (job_done.ids)))
                 LIMIT 1)) outcome
          ORDER BY outcome.finished_at DESC
         LIMIT 1) last ON (true));

CREATE TABLE public.job_unique (
    key text NOT NULL,
    id bigint NOT NULL
);

CREATE TABLE public.job_worker (
    id integer NOT NULL,
    name text NOT NULL,
    node text DEFAULT ''::text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    seen timestamp with time zone DEFAULT now() NOT NULL,
    sleeping smallint[] DEFAULT '{}'::smallint[] NOT NULL,
    kinds text[] DEFAULT '{}'::text[] NOT NULL,
    pools jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT job_worker_node_check CHECK ((length(node) <= 128))
)
WITH (fillfactor='50');

ALTER TABLE public.job_worker ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_worker_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.manifests (
    version_id uuid NOT NULL,
    digest bytea NOT NULL,
    object_key text NOT NULL,
    size bigint NOT NULL,
    files integer NOT NULL,
    content_size bigint NOT NULL,
    chunks integer NOT NULL,
    new_chunks integer NOT NULL,
    stored_size bigint NOT NULL,
    new_size bigint NOT NULL,
    published_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT manifests_digest_check CHECK ((octet_length(digest) = 32))
);

CREATE TABLE public.notification_preferences (
    developer_id uuid NOT NULL,
    user_id uuid NOT NULL,
    topic text NOT NULL,
    email boolean NOT NULL,
    portal boolean NOT NULL
);

CREATE TABLE public.notifications (
    notification_id bigint NOT NULL,
    developer_id uuid NOT NULL,
    user_id uuid NOT NULL,
    topic text NOT NULL,
    event_seq bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    read_at timestamp with time zone
);

ALTER TABLE public.notifications ALTER COLUMN notification_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notifications_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.oidc_trusts (
    trust_id uuid DEFAULT gen_random_uuid() NOT NULL,
    developer_id uuid NOT NULL,
    name character varying(100) NOT NULL,
    issuer text NOT NULL,
    repository text NOT NULL,
    ref text,
    environment text,
    game_ids uuid[],
    permissions text[] NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone
);

CREATE TABLE public.outbox (
    seq bigint NOT NULL,
    event_id uuid DEFAULT gen_random_uuid() NOT NULL,
    type text NOT NULL,
    developer_id uuid NOT NULL,
    aggregate text NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamp with time zone DEFAULT now() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    request_id text,
    traceparent text
);

ALTER TABLE public.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.pack_plans (
    version_id uuid NOT NULL,
    pack_no integer NOT NULL,
    bytes bigint NOT NULL,
    entries bytea NOT NULL
);

CREATE TABLE public.packs (
    pack_id bigint NOT NULL,
    developer_id uuid NOT NULL,
    digest bytea NOT NULL,
    object_key text NOT NULL,
    size bigint NOT NULL,
    stored_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT packs_digest_check CHECK ((octet_length(digest) = 32))
);

ALTER TABLE public.packs ALTER COLUMN pack_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.packs_pack_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.patch_budget (
    only_one boolean DEFAULT true NOT NULL,
    versions integer NOT NULL,
    rollbacks integer NOT NULL,
    cpu_seconds bigint NOT NULL,
    memory bigint NOT NULL,
    storage_percent integer NOT NULL,
    set_by text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT patch_budget_check CHECK (((rollbacks >= 0) AND (rollbacks <= versions))),
    CONSTRAINT patch_budget_cpu_seconds_check CHECK ((cpu_seconds > 0)),
    CONSTRAINT patch_budget_memory_check CHECK (((memory >= 67108864) AND (memory <= '68719476736'::bigint))),
    CONSTRAINT patch_budget_only_one_check CHECK (only_one),
    CONSTRAINT patch_budget_storage_percent_check CHECK (((storage_percent >= 0) AND (storage_percent <= 1000))),
    CONSTRAINT patch_budget_versions_check CHECK (((versions >= 0) AND (versions <= 50)))
);

CREATE TABLE public.patch_builds (
    build_id bigint NOT NULL,
    to_version uuid NOT NULL,
    from_version uuid NOT NULL,
    made_for uuid NOT NULL,
    state text NOT NULL,
    plan_job bigint NOT NULL,
    rank integer NOT NULL,
    level text,
    memory bigint,
    most_bytes bigint,
    most_cpu_us bigint,
    stopped_for text,
    cuts bigint[],
    shared bigint[],
    object_key text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT patch_builds_state_check CHECK ((state = ANY (ARRAY['planning'::text, 'encoding'::text, 'stopped'::text]))),
    CONSTRAINT patch_builds_stopped_for_check CHECK ((stopped_for = ANY (ARRAY['size'::text, 'cpu'::text])))
);

ALTER TABLE public.patch_builds ALTER COLUMN build_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.patch_builds_build_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.patch_parts (
    build_id bigint NOT NULL,
    to_version uuid NOT NULL,
    part_no integer NOT NULL,
    first_group integer NOT NULL,
    end_group integer NOT NULL,
    bytes bigint NOT NULL,
    size bigint,
    digest bytea,
    description bytea,
    CONSTRAINT patch_parts_check CHECK ((end_group >= first_group)),
    CONSTRAINT patch_parts_digest_check CHECK ((octet_length(digest) = 32))
);

CREATE TABLE public.patch_runs (
    run_id bigint NOT NULL,
    to_version uuid NOT NULL,
    from_version uuid NOT NULL,
    plan_job bigint NOT NULL,
    job bigint NOT NULL,
    attempt smallint NOT NULL,
    cpu_us bigint DEFAULT 0 NOT NULL,
    began_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT patch_runs_cpu_us_check CHECK ((cpu_us >= 0))
);

ALTER TABLE public.patch_runs ALTER COLUMN run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.patch_runs_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.patches (
    to_version uuid NOT NULL,
    from_version uuid NOT NULL,
    state text NOT NULL,
    object_key text,
    digest bytea,
    size bigint,
    chunk_bytes bigint,
    summary jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    rank integer DEFAULT 0 NOT NULL,
    level text,
    made_bytes bigint,
    cpu_us bigint,
    reason text,
    looks jsonb,
    CONSTRAINT patches_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT patches_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'ready'::text, 'not_worth_it'::text, 'failed'::text])))
);

CREATE TABLE public.payout_events (
    payout_id uuid NOT NULL,
    seq bigint NOT NULL,
    event text NOT NULL,
    source text NOT NULL,
    verdict text NOT NULL,
    status character varying(50) NOT NULL,
    reason text,
    message_id text,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT payout_events_verdict_check CHECK ((verdict = ANY (ARRAY['applied'::text, 'old'::text, 'contradiction'::text])))
);

ALTER TABLE public.payout_events ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.payout_events_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.player_reviews (
    game_id uuid NOT NULL,
    review_id character varying(100) NOT NULL,
    developer_id uuid NOT NULL,
    author_name character varying(100) NOT NULL,
    is_positive boolean NOT NULL,
    body text NOT NULL,
    language character varying(35),
    playtime_minutes integer,
    written_at timestamp with time zone NOT NULL,
    reply text,
    replied_by text,
    replied_at timestamp with time zone,
    revision bigint DEFAULT 1 NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT player_reviews_check CHECK (((reply IS NULL) = (replied_at IS NULL))),
    CONSTRAINT player_reviews_playtime_minutes_check CHECK ((playtime_minutes >= 0))
);

CREATE TABLE public.price_history (
    history_id bigint NOT NULL,
    game_id uuid NOT NULL,
    developer_id uuid NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    base_price numeric(10,2) NOT NULL,
    regional_prices jsonb,
    discount_price numeric(10,2),
    discount_start_date timestamp with time zone,
    discount_end_date timestamp with time zone,
    actor text NOT NULL
);

ALTER TABLE public.price_history ALTER COLUMN history_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.price_history_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.promotions (
    promotion_id uuid DEFAULT gen_random_uuid() NOT NULL,
    game_id uuid NOT NULL,
    developer_id uuid NOT NULL,
    name character varying(255) NOT NULL,
    percent smallint,
    price numeric(10,2),
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone,
    announced text DEFAULT 'scheduled'::text NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT promotions_announced_check CHECK ((announced = ANY (ARRAY['scheduled'::text, 'active'::text, 'ended'::text, 'cancelled'::text]))),
    CONSTRAINT promotions_check CHECK (((percent IS NULL) <> (price IS NULL))),
    CONSTRAINT promotions_check1 CHECK ((ends_at > starts_at)),
    CONSTRAINT promotions_percent_check CHECK (((percent >= 1) AND (percent <= 99))),
    CONSTRAINT promotions_price_check CHECK ((price >= (0)::numeric))
);

CREATE TABLE public.publications (
    publication_id uuid DEFAULT gen_random_uuid() NOT NULL,
    game_id uuid NOT NULL,
    developer_id uuid NOT NULL,
    channel character varying(32) NOT NULL,
    version_id uuid NOT NULL,
    rollout_percent smallint NOT NULL,
    publish_at timestamp with time zone NOT NULL,
    state text DEFAULT 'scheduled'::text NOT NULL,
    reason text,
    requested_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT publications_rollout_percent_check CHECK (((rollout_percent >= 0) AND (rollout_percent <= 100))),
    CONSTRAINT publications_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);

CREATE TABLE public.quarantine (
    version_id uuid NOT NULL,
    digest bytea NOT NULL,
    developer_id uuid NOT NULL,
    game_id uuid NOT NULL,
    path text NOT NULL,
    size bigint NOT NULL,
    signature text NOT NULL,
    engine text NOT NULL,
    object_key text,
    was_published boolean NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT quarantine_digest_check CHECK ((octet_length(digest) = 32))
);

CREATE UNLOGGED TABLE public.rate_windows (
    subject text NOT NULL,
    policy text NOT NULL,
    used bigint NOT NULL,
    ends_at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.review_decisions (
    review_id uuid NOT NULL,
    decision text NOT NULL,
    reason text,
    decided_by text NOT NULL,
    decided_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT review_decisions_check CHECK (((decision = 'approved'::text) OR (reason IS NOT NULL))),
    CONSTRAINT review_decisions_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'rejected'::text])))
);

CREATE TABLE public.reviews (
    review_id uuid DEFAULT gen_random_uuid() NOT NULL,
    version_id uuid NOT NULL,
    game_id uuid NOT NULL,
    developer_id uuid NOT NULL,
    state text DEFAULT 'in_review'::text NOT NULL,
    note text,
    warnings jsonb DEFAULT '[]'::jsonb NOT NULL,
    submitted_by text NOT NULL,
    submitted_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT reviews_check CHECK (((state = 'in_review'::text) = (closed_at IS NULL))),
    CONSTRAINT reviews_state_check CHECK ((state = ANY (ARRAY['in_review'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text])))
);

CREATE TABLE public.scan_plans (
    version_id uuid NOT NULL,
    batch_no integer NOT NULL,
    bytes bigint NOT NULL,
    files integer[] NOT NULL
);

CREATE TABLE public.scan_verdicts (
    digest bytea NOT NULL,
    engine text NOT NULL,
    verdict text NOT NULL,
    signature text,
    reason text,
    covered bigint NOT NULL,
    scanned_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT scan_verdicts_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT scan_verdicts_verdict_check CHECK ((verdict = ANY (ARRAY['clean'::text, 'infected'::text, 'incomplete'::text])))
);

CREATE TABLE public.scan_waivers (
    version_id uuid NOT NULL,
    reason text NOT NULL,
    granted_by text NOT NULL,
    note text NOT NULL,
    granted_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.sdk_releases (
    version text NOT NULL,
    major integer NOT NULL,
    minor integer NOT NULL,
    patch integer NOT NULL,
    object_key text NOT NULL,
    file_name text NOT NULL,
    file_size bigint NOT NULL,
    file_hash bytea NOT NULL,
    notes text,
    released_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sdk_releases_file_hash_check CHECK ((octet_length(file_hash) = 32)),
    CONSTRAINT sdk_releases_version_check CHECK ((version ~ '^[0-9]+\.[0-9]+\.[0-9]+$'::text))
);

CREATE TABLE public.storage_ledger (
    developer_id uuid NOT NULL,
    day date DEFAULT ((now() AT TIME ZONE 'UTC'::text))::date NOT NULL,
    kind text NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT storage_ledger_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT storage_ledger_kind_check CHECK ((kind = ANY (ARRAY['uploaded'::text, 'transferred'::text])))
);

CREATE TABLE public.team_invitations (
    invitation_id uuid DEFAULT gen_random_uuid() NOT NULL,
    developer_id uuid NOT NULL,
    email character varying(254) NOT NULL,
    role character varying(50) NOT NULL,
    token_hash bytea NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    sendings integer DEFAULT 1 NOT NULL,
    invited_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    accepted_by uuid,
    CONSTRAINT team_invitations_role_check CHECK (((role)::text = ANY ((ARRAY['admin'::character varying, 'developer'::character varying, 'finance'::character varying, 'marketing'::character varying])::text[]))),
    CONSTRAINT team_invitations_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'accepted'::text, 'declined'::text, 'revoked'::text, 'expired'::text]))),
    CONSTRAINT team_invitations_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

CREATE VIEW public.team_member_roles WITH (security_invoker='true') AS
 SELECT developer_teams.team_member_id,
    developer_teams.developer_id,
    developer_teams.user_id,
    developer_teams.role
   FROM public.developer_teams;

CREATE TABLE public.upload_sessions (
    upload_id uuid DEFAULT gen_random_uuid() NOT NULL,
    version_id uuid NOT NULL,
    developer_id uuid NOT NULL,
    attempt integer NOT NULL,
    object_key text NOT NULL,
    store_upload text,
    file_name text,
    file_size bigint NOT NULL,
    part_size bigint NOT NULL,
    file_hash character varying(64),
    state text DEFAULT 'open'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT upload_sessions_file_size_check CHECK ((file_size > 0)),
    CONSTRAINT upload_sessions_part_size_check CHECK ((part_size > 0)),
    CONSTRAINT upload_sessions_state_check CHECK ((state = ANY (ARRAY['open'::text, 'completed'::text, 'aborted'::text, 'expired'::text])))
);

CREATE TABLE public.version_installs (
    version_id uuid NOT NULL,
    day date NOT NULL,
    installs bigint NOT NULL,
    CONSTRAINT version_installs_installs_check CHECK ((installs >= 0))
);

CREATE TABLE public.version_packs (
    version_id uuid NOT NULL,
    pack_id bigint NOT NULL
);

CREATE TABLE public.version_reviews (
    version_id uuid NOT NULL,
    base_version uuid,
    review jsonb NOT NULL,
    reviewed_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.version_scans (
    version_id uuid NOT NULL,
    engine text NOT NULL,
    bundled boolean NOT NULL,
    files integer NOT NULL,
    bytes bigint NOT NULL,
    files_scanned integer NOT NULL,
    bytes_scanned bigint NOT NULL,
    finished_at timestamp with time zone,
    rescanned_engine text,
    rescanned_at timestamp with time zone
);

CREATE TABLE public.webhook_deliveries (
    endpoint_id uuid NOT NULL,
    seq bigint NOT NULL,
    aggregate text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_status integer,
    last_error text,
    delivered_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    attempted_at timestamp with time zone,
    CONSTRAINT webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'exhausted'::text])))
);

CREATE TABLE public.webhook_endpoints (
    endpoint_id uuid DEFAULT gen_random_uuid() NOT NULL,
    developer_id uuid,
    url text NOT NULL,
    secret text,
    types text[] DEFAULT '{}'::text[] NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    description character varying(200),
    secret_generation integer DEFAULT 1 NOT NULL,
    old_secret_until timestamp with time zone,
    failing_since timestamp with time zone,
    disabled_reason text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    service text,
    CONSTRAINT webhook_endpoints_check CHECK (((service IS NULL) OR (developer_id IS NULL)))
);

ALTER TABLE ONLY public.job ATTACH PARTITION public.job_0 FOR VALUES FROM ('0') TO ('10000000');

ALTER TABLE ONLY public.job ATTACH PARTITION public.job_1 FOR VALUES FROM ('10000000') TO ('20000000');

ALTER TABLE ONLY public.job ATTACH PARTITION public.job_2 FOR VALUES FROM ('20000000') TO ('30000000');

ALTER TABLE ONLY public.job_done ATTACH PARTITION public.job_done_0 FOR VALUES FROM ('0') TO ('10000000');

ALTER TABLE ONLY public.job_done ATTACH PARTITION public.job_done_1 FOR VALUES FROM ('10000000') TO ('20000000');

ALTER TABLE ONLY public.job_done ATTACH PARTITION public.job_done_2 FOR VALUES FROM ('20000000') TO ('30000000');

ALTER TABLE ONLY public.job_outcome ATTACH PARTITION public.job_outcome_0 FOR VALUES FROM ('0') TO ('10000000');

ALTER TABLE ONLY public.job_outcome ATTACH PARTITION public.job_outcome_1 FOR VALUES FROM ('10000000') TO ('20000000');

ALTER TABLE ONLY public.job_outcome ATTACH PARTITION public.job_outcome_2 FOR VALUES FROM ('20000000') TO ('30000000');

ALTER TABLE ONLY public.analytics_answers
    ADD CONSTRAINT analytics_answers_pkey PRIMARY KEY (developer_id, question);

ALTER TABLE ONLY public.analytics_reports
    ADD CONSTRAINT analytics_reports_pkey PRIMARY KEY (report_id);

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT audit_chain_pkey PRIMARY KEY (developer_id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (developer_id, seq);

ALTER TABLE ONLY public.build_files
    ADD CONSTRAINT build_files_pkey PRIMARY KEY (version_id, file_no);

ALTER TABLE ONLY public.channel_history
    ADD CONSTRAINT channel_history_pkey PRIMARY KEY (history_id);

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_pkey PRIMARY KEY (game_id, name);

ALTER TABLE ONLY public.chunks
    ADD CONSTRAINT chunks_pkey PRIMARY KEY (developer_id, digest);

ALTER TABLE ONLY public.developer_api_keys
    ADD CONSTRAINT developer_api_keys_api_key_hash_key UNIQUE (api_key_hash);

ALTER TABLE ONLY public.developer_api_keys
    ADD CONSTRAINT developer_api_keys_key_prefix_key UNIQUE (key_prefix);

ALTER TABLE ONLY public.developer_api_keys
    ADD CONSTRAINT developer_api_keys_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY public.developer_documents
    ADD CONSTRAINT developer_documents_object_key_key UNIQUE (object_key);

ALTER TABLE ONLY public.developer_documents
    ADD CONSTRAINT developer_documents_pkey PRIMARY KEY (document_id);

ALTER TABLE ONLY public.developer_payment_settings
    ADD CONSTRAINT developer_payment_settings_pkey PRIMARY KEY (developer_id, version);

ALTER TABLE ONLY public.developer_payouts
    ADD CONSTRAINT developer_payouts_pkey PRIMARY KEY (payout_id);

ALTER TABLE ONLY public.developer_teams
    ADD CONSTRAINT developer_teams_developer_id_user_id_key UNIQUE (developer_id, user_id);

ALTER TABLE ONLY public.developer_teams
    ADD CONSTRAINT developer_teams_pkey PRIMARY KEY (team_member_id);

ALTER TABLE ONLY public.developers
    ADD CONSTRAINT developers_pkey PRIMARY KEY (developer_id);

ALTER TABLE ONLY public.file_chunks
    ADD CONSTRAINT file_chunks_pkey PRIMARY KEY (version_id, file_no);

ALTER TABLE ONLY public.finance_accounts
    ADD CONSTRAINT finance_accounts_pkey PRIMARY KEY (developer_id);

ALTER TABLE ONLY public.finance_feeds
    ADD CONSTRAINT finance_feeds_pkey PRIMARY KEY (feed);

ALTER TABLE ONLY public.finance_transactions
    ADD CONSTRAINT finance_transactions_pkey PRIMARY KEY (developer_id, seq);

ALTER TABLE ONLY public.finance_transactions
    ADD CONSTRAINT finance_transactions_source_source_id_key UNIQUE (source, source_id);

ALTER TABLE ONLY public.finance_transactions
    ADD CONSTRAINT finance_transactions_transaction_id_key UNIQUE (transaction_id);

ALTER TABLE ONLY public.game_media
    ADD CONSTRAINT game_media_pkey PRIMARY KEY (media_id);

ALTER TABLE ONLY public.game_metadata
    ADD CONSTRAINT game_metadata_game_id_key UNIQUE (game_id);

ALTER TABLE ONLY public.game_metadata
    ADD CONSTRAINT game_metadata_pkey PRIMARY KEY (metadata_id);

ALTER TABLE ONLY public.game_pricing
    ADD CONSTRAINT game_pricing_game_id_key UNIQUE (game_id);

ALTER TABLE ONLY public.game_pricing
    ADD CONSTRAINT game_pricing_pkey PRIMARY KEY (pricing_id);

ALTER TABLE ONLY public.game_versions
    ADD CONSTRAINT game_versions_game_id_version_string_key UNIQUE (game_id, version_string);

ALTER TABLE ONLY public.game_versions
    ADD CONSTRAINT game_versions_pkey PRIMARY KEY (version_id);

ALTER TABLE ONLY public.games
    ADD CONSTRAINT games_pkey PRIMARY KEY (game_id);

ALTER TABLE ONLY public.garbage_objects
    ADD CONSTRAINT garbage_objects_pkey PRIMARY KEY (garbage_id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_0
    ADD CONSTRAINT job_0_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_1
    ADD CONSTRAINT job_1_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_2
    ADD CONSTRAINT job_2_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_audit
    ADD CONSTRAINT job_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_batch
    ADD CONSTRAINT job_batch_pkey PRIMARY KEY (batch);

ALTER TABLE ONLY public.job_cron
    ADD CONSTRAINT job_cron_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.job_edge
    ADD CONSTRAINT job_edge_pkey PRIMARY KEY (parent, child);

ALTER TABLE ONLY public.job_held
    ADD CONSTRAINT job_held_pkey PRIMARY KEY (queue, key, priority, rank, id);

ALTER TABLE ONLY public.job_key
    ADD CONSTRAINT job_key_name_key UNIQUE (name);

ALTER TABLE ONLY public.job_key
    ADD CONSTRAINT job_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_lane
    ADD CONSTRAINT job_lane_pkey PRIMARY KEY (queue, priority);

ALTER TABLE ONLY public.job_later
    ADD CONSTRAINT job_later_pkey PRIMARY KEY (run_at, id);

ALTER TABLE ONLY public.job_leader
    ADD CONSTRAINT job_leader_pkey PRIMARY KEY (role);

ALTER TABLE ONLY public.job_lease
    ADD CONSTRAINT job_lease_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_paced
    ADD CONSTRAINT job_paced_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_parked
    ADD CONSTRAINT job_parked_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_partition
    ADD CONSTRAINT job_partition_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.job_pool
    ADD CONSTRAINT job_pool_pkey PRIMARY KEY (queue, node);

ALTER TABLE ONLY public.job_progress
    ADD CONSTRAINT job_progress_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_queue
    ADD CONSTRAINT job_queue_name_key UNIQUE (name);

ALTER TABLE ONLY public.job_queue
    ADD CONSTRAINT job_queue_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_rate
    ADD CONSTRAINT job_rate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_ready
    ADD CONSTRAINT job_ready_pkey PRIMARY KEY (queue, priority, rank, id);

ALTER TABLE ONLY public.job_share
    ADD CONSTRAINT job_share_pkey PRIMARY KEY (queue, key);

ALTER TABLE ONLY public.job_unique
    ADD CONSTRAINT job_unique_id_key UNIQUE (id);

ALTER TABLE ONLY public.job_unique
    ADD CONSTRAINT job_unique_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.job_worker
    ADD CONSTRAINT job_worker_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.manifests
    ADD CONSTRAINT manifests_pkey PRIMARY KEY (version_id);

ALTER TABLE ONLY public.notification_preferences
    ADD CONSTRAINT notification_preferences_pkey PRIMARY KEY (developer_id, user_id, topic);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_event_seq_user_id_key UNIQUE (event_seq, user_id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (notification_id);

ALTER TABLE ONLY public.oidc_trusts
    ADD CONSTRAINT oidc_trusts_pkey PRIMARY KEY (trust_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_event_id_key UNIQUE (event_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.pack_plans
    ADD CONSTRAINT pack_plans_pkey PRIMARY KEY (version_id, pack_no);

ALTER TABLE ONLY public.packs
    ADD CONSTRAINT packs_developer_id_digest_key UNIQUE (developer_id, digest);

ALTER TABLE ONLY public.packs
    ADD CONSTRAINT packs_pkey PRIMARY KEY (pack_id);

ALTER TABLE ONLY public.patch_budget
    ADD CONSTRAINT patch_budget_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY public.patch_builds
    ADD CONSTRAINT patch_builds_pkey PRIMARY KEY (build_id);

ALTER TABLE ONLY public.patch_builds
    ADD CONSTRAINT patch_builds_to_version_from_version_key UNIQUE (to_version, from_version);

ALTER TABLE ONLY public.patch_parts
    ADD CONSTRAINT patch_parts_pkey PRIMARY KEY (build_id, part_no);

ALTER TABLE ONLY public.patch_runs
    ADD CONSTRAINT patch_runs_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY public.patches
    ADD CONSTRAINT patches_pkey PRIMARY KEY (to_version, from_version);

ALTER TABLE ONLY public.payout_events
    ADD CONSTRAINT payout_events_pkey PRIMARY KEY (payout_id, seq);

ALTER TABLE ONLY public.player_reviews
    ADD CONSTRAINT player_reviews_pkey PRIMARY KEY (game_id, review_id);

ALTER TABLE ONLY public.price_history
    ADD CONSTRAINT price_history_pkey PRIMARY KEY (history_id);

ALTER TABLE ONLY public.promotions
    ADD CONSTRAINT promotions_pkey PRIMARY KEY (promotion_id);

ALTER TABLE ONLY public.publications
    ADD CONSTRAINT publications_pkey PRIMARY KEY (publication_id);

ALTER TABLE ONLY public.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (version_id, digest);

ALTER TABLE ONLY public.rate_windows
    ADD CONSTRAINT rate_windows_pkey PRIMARY KEY (subject, policy);

ALTER TABLE ONLY public.review_decisions
    ADD CONSTRAINT review_decisions_pkey PRIMARY KEY (review_id);

ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT reviews_pkey PRIMARY KEY (review_id);

ALTER TABLE ONLY public.scan_plans
    ADD CONSTRAINT scan_plans_pkey PRIMARY KEY (version_id, batch_no);

ALTER TABLE ONLY public.scan_verdicts
    ADD CONSTRAINT scan_verdicts_pkey PRIMARY KEY (digest, engine);

ALTER TABLE ONLY public.scan_waivers
    ADD CONSTRAINT scan_waivers_pkey PRIMARY KEY (version_id, reason);

ALTER TABLE ONLY public.sdk_releases
    ADD CONSTRAINT sdk_releases_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.team_invitations
    ADD CONSTRAINT team_invitations_pkey PRIMARY KEY (invitation_id);

ALTER TABLE ONLY public.team_invitations
    ADD CONSTRAINT team_invitations_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.upload_sessions
    ADD CONSTRAINT upload_sessions_pkey PRIMARY KEY (upload_id);

ALTER TABLE ONLY public.upload_sessions
    ADD CONSTRAINT upload_sessions_version_id_attempt_key UNIQUE (version_id, attempt);

ALTER TABLE ONLY public.version_installs
    ADD CONSTRAINT version_installs_pkey PRIMARY KEY (version_id, day);

ALTER TABLE ONLY public.version_packs
    ADD CONSTRAINT version_packs_pkey PRIMARY KEY (version_id, pack_id);

ALTER TABLE ONLY public.version_reviews
    ADD CONSTRAINT version_reviews_pkey PRIMARY KEY (version_id);

ALTER TABLE ONLY public.version_scans
    ADD CONSTRAINT version_scans_pkey PRIMARY KEY (version_id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (endpoint_id, seq);

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (endpoint_id);

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_service_key UNIQUE (service);

CREATE INDEX analytics_answers_age ON public.analytics_answers USING btree (fetched_at);

CREATE INDEX analytics_reports_expiry ON public.analytics_reports USING btree (expires_at) WHERE (status = 'ready'::text);

CREATE INDEX analytics_reports_newest ON public.analytics_reports USING btree (developer_id, created_at DESC, report_id);

CREATE UNIQUE INDEX analytics_reports_open ON public.analytics_reports USING btree (developer_id, parameters) WHERE (status = ANY (ARRAY['queued'::text, 'generating'::text]));

CREATE INDEX channel_history_newest ON public.channel_history USING btree (game_id, name, history_id DESC);

CREATE INDEX channels_previous ON public.channels USING btree (previous_version_id);

CREATE INDEX channels_version ON public.channels USING btree (version_id);

CREATE INDEX chunks_pack ON public.chunks USING btree (pack_id);

CREATE INDEX developer_api_keys_exchanged ON public.developer_api_keys USING btree (expires_at) WHERE (trust_id IS NOT NULL);

CREATE INDEX developer_api_keys_of_developer ON public.developer_api_keys USING btree (developer_id, created_at DESC);

CREATE INDEX developer_documents_abandoned ON public.developer_documents USING btree (created_at) WHERE (state = 'uploading'::text);

CREATE INDEX developer_documents_of_developer ON public.developer_documents USING btree (developer_id, created_at DESC, document_id);

CREATE INDEX developer_payment_settings_key ON public.developer_payment_settings USING btree (key_id) WHERE (wrapped_key IS NOT NULL);

CREATE UNIQUE INDEX developer_payouts_key ON public.developer_payouts USING btree (developer_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX developer_payouts_newest ON public.developer_payouts USING btree (developer_id, requested_at DESC);

CREATE INDEX developer_payouts_open ON public.developer_payouts USING btree (developer_id) WHERE ((status)::text = ANY ((ARRAY['requested'::character varying, 'processing'::character varying])::text[]));

CREATE INDEX developer_payouts_waiting ON public.developer_payouts USING btree (handed_over_at) WHERE ((status)::text = 'processing'::text);

CREATE INDEX developer_teams_user ON public.developer_teams USING btree (user_id);

CREATE INDEX file_chunks_digest ON public.file_chunks USING btree (digest);

CREATE INDEX finance_transactions_balance ON public.finance_transactions USING btree (developer_id, currency, available_at) INCLUDE (amount);

CREATE INDEX finance_transactions_time ON public.finance_transactions USING btree (developer_id, occurred_at);

CREATE INDEX game_media_of_game ON public.game_media USING btree (game_id, kind, "position", media_id);

CREATE INDEX game_media_reserved ON public.game_media USING btree (created_at) WHERE (state = 'reserved'::text);

CREATE INDEX game_versions_newest ON public.game_versions USING btree (game_id, created_at DESC, version_id);

CREATE INDEX games_of_developer ON public.games USING btree (developer_id, created_at DESC, game_id);

CREATE INDEX idempotency_keys_expiry ON public.idempotency_keys USING btree (expires_at);

CREATE INDEX job_of_developer ON ONLY public.job USING btree (developer_id, id) WHERE (developer_id IS NOT NULL);

CREATE INDEX job_0_developer_id_id_idx ON public.job_0 USING btree (developer_id, id) WHERE (developer_id IS NOT NULL);

CREATE INDEX job_of_scope ON ONLY public.job USING btree (scope, id) WHERE (scope IS NOT NULL);

CREATE INDEX job_0_scope_id_idx ON public.job_0 USING btree (scope, id) WHERE (scope IS NOT NULL);

CREATE INDEX job_1_developer_id_id_idx ON public.job_1 USING btree (developer_id, id) WHERE (developer_id IS NOT NULL);

CREATE INDEX job_1_scope_id_idx ON public.job_1 USING btree (scope, id) WHERE (scope IS NOT NULL);

CREATE INDEX job_2_developer_id_id_idx ON public.job_2 USING btree (developer_id, id) WHERE (developer_id IS NOT NULL);

CREATE INDEX job_2_scope_id_idx ON public.job_2 USING btree (scope, id) WHERE (scope IS NOT NULL);

CREATE INDEX job_batch_worker ON public.job_batch USING btree (worker);

CREATE INDEX job_done_range ON ONLY public.job_done USING gist (int8range(low, high, '[]'::text));

CREATE INDEX job_done_0_int8range_idx ON public.job_done_0 USING gist (int8range(low, high, '[]'::text));

CREATE INDEX job_done_1_int8range_idx ON public.job_done_1 USING gist (int8range(low, high, '[]'::text));

CREATE INDEX job_done_2_int8range_idx ON public.job_done_2 USING gist (int8range(low, high, '[]'::text));

CREATE INDEX job_edge_child ON public.job_edge USING btree (child);

CREATE INDEX job_later_id ON public.job_later USING btree (id);

CREATE INDEX job_lease_worker ON public.job_lease USING btree (worker, queue);

CREATE INDEX job_outcome_id ON ONLY public.job_outcome USING btree (id, finished_at);

CREATE INDEX job_outcome_0_id_finished_at_idx ON public.job_outcome_0 USING btree (id, finished_at);

CREATE INDEX job_outcome_lost ON ONLY public.job_outcome USING btree (id) WHERE (state = ANY (ARRAY['discarded'::text, 'cancelled'::text]));

CREATE INDEX job_outcome_0_id_idx ON public.job_outcome_0 USING btree (id) WHERE (state = ANY (ARRAY['discarded'::text, 'cancelled'::text]));

CREATE INDEX job_outcome_1_id_finished_at_idx ON public.job_outcome_1 USING btree (id, finished_at);

CREATE INDEX job_outcome_1_id_idx ON public.job_outcome_1 USING btree (id) WHERE (state = ANY (ARRAY['discarded'::text, 'cancelled'::text]));

CREATE INDEX job_outcome_2_id_finished_at_idx ON public.job_outcome_2 USING btree (id, finished_at);

CREATE INDEX job_outcome_2_id_idx ON public.job_outcome_2 USING btree (id) WHERE (state = ANY (ARRAY['discarded'::text, 'cancelled'::text]));

CREATE UNIQUE INDEX job_rate_key ON public.job_rate USING btree (queue, key) WHERE (key IS NOT NULL);

CREATE UNIQUE INDEX job_rate_kind ON public.job_rate USING btree (queue, kind) WHERE (kind IS NOT NULL);

CREATE INDEX job_stat_at ON public.job_stat USING btree (at);

CREATE INDEX notifications_of_user ON public.notifications USING btree (developer_id, user_id, notification_id DESC);

CREATE INDEX oidc_trusts_of_developer ON public.oidc_trusts USING btree (developer_id, created_at DESC);

CREATE INDEX oidc_trusts_of_repository ON public.oidc_trusts USING btree (issuer, repository);

CREATE INDEX outbox_of_developer ON public.outbox USING btree (developer_id, seq);

CREATE INDEX packs_condemned ON public.packs USING btree (pack_id) WHERE (stored_at IS NULL);

CREATE INDEX patch_builds_for ON public.patch_builds USING btree (made_for);

CREATE INDEX patch_builds_from ON public.patch_builds USING btree (from_version);

CREATE INDEX patch_runs_age ON public.patch_runs USING btree (began_at);

CREATE INDEX patch_runs_from ON public.patch_runs USING btree (from_version);

CREATE INDEX patch_runs_pair ON public.patch_runs USING btree (to_version, from_version, run_id);

CREATE INDEX patch_runs_plan ON public.patch_runs USING btree (plan_job);

CREATE INDEX patches_from ON public.patches USING btree (from_version);

CREATE INDEX patches_pace ON public.patches USING btree (level, created_at DESC) WHERE (made_bytes > 0);

CREATE UNIQUE INDEX payout_events_message ON public.payout_events USING btree (payout_id, source, message_id) WHERE (message_id IS NOT NULL);

CREATE INDEX player_reviews_newest ON public.player_reviews USING btree (game_id, written_at DESC, review_id);

CREATE INDEX price_history_of_game ON public.price_history USING btree (game_id, history_id DESC);

CREATE INDEX promotions_of_game ON public.promotions USING btree (game_id, starts_at);

CREATE UNIQUE INDEX publications_open ON public.publications USING btree (game_id, channel) WHERE (state = 'scheduled'::text);

CREATE INDEX quarantine_found ON public.quarantine USING btree (found_at);

CREATE INDEX rate_windows_expiry ON public.rate_windows USING btree (ends_at);

CREATE INDEX reviews_of_game ON public.reviews USING btree (game_id, submitted_at DESC);

CREATE INDEX reviews_of_version ON public.reviews USING btree (version_id, submitted_at DESC);

CREATE UNIQUE INDEX reviews_open ON public.reviews USING btree (version_id) WHERE (state = 'in_review'::text);

CREATE INDEX sdk_releases_newest ON public.sdk_releases USING btree (major DESC, minor DESC, patch DESC);

CREATE INDEX storage_ledger_company ON public.storage_ledger USING btree (developer_id, day);

CREATE INDEX team_invitations_of_developer ON public.team_invitations USING btree (developer_id, created_at DESC, invitation_id);

CREATE UNIQUE INDEX team_invitations_pending ON public.team_invitations USING btree (developer_id, lower((email)::text)) WHERE (state = 'pending'::text);

CREATE INDEX upload_sessions_open ON public.upload_sessions USING btree (expires_at) WHERE (state = 'open'::text);

CREATE INDEX version_packs_pack ON public.version_packs USING btree (pack_id);

CREATE INDEX webhook_deliveries_pending ON public.webhook_deliveries USING btree (endpoint_id, seq) WHERE (state = 'pending'::text);

CREATE INDEX webhook_endpoints_of_developer ON public.webhook_endpoints USING btree (developer_id);

ALTER INDEX public.job_of_developer ATTACH PARTITION public.job_0_developer_id_id_idx;

ALTER INDEX public.job_pkey ATTACH PARTITION public.job_0_pkey;

ALTER INDEX public.job_of_scope ATTACH PARTITION public.job_0_scope_id_idx;

ALTER INDEX public.job_of_developer ATTACH PARTITION public.job_1_developer_id_id_idx;

ALTER INDEX public.job_pkey ATTACH PARTITION public.job_1_pkey;

ALTER INDEX public.job_of_scope ATTACH PARTITION public.job_1_scope_id_idx;

ALTER INDEX public.job_of_developer ATTACH PARTITION public.job_2_developer_id_id_idx;

ALTER INDEX public.job_pkey ATTACH PARTITION public.job_2_pkey;

ALTER INDEX public.job_of_scope ATTACH PARTITION public.job_2_scope_id_idx;

ALTER INDEX public.job_done_range ATTACH PARTITION public.job_done_0_int8range_idx;

ALTER INDEX public.job_done_range ATTACH PARTITION public.job_done_1_int8range_idx;

ALTER INDEX public.job_done_range ATTACH PARTITION public.job_done_2_int8range_idx;

ALTER INDEX public.job_outcome_id ATTACH PARTITION public.job_outcome_0_id_finished_at_idx;

ALTER INDEX public.job_outcome_lost ATTACH PARTITION public.job_outcome_0_id_idx;

ALTER INDEX public.job_outcome_id ATTACH PARTITION public.job_outcome_1_id_finished_at_idx;

ALTER INDEX public.job_outcome_lost ATTACH PARTITION public.job_outcome_1_id_idx;

ALTER INDEX public.job_outcome_id ATTACH PARTITION public.job_outcome_2_id_finished_at_idx;

ALTER INDEX public.job_outcome_lost ATTACH PARTITION public.job_outcome_2_id_idx;

CREATE TRIGGER chain_audit_log BEFORE INSERT ON public.audit_log FOR EACH ROW EXECUTE FUNCTION public.append_to_audit_chain();

CREATE TRIGGER keep_audit_log BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION public.refuse_audit_change();

CREATE TRIGGER keep_ledger BEFORE DELETE OR UPDATE ON public.finance_transactions FOR EACH ROW EXECUTE FUNCTION public.refuse_ledger_change();

CREATE TRIGGER keep_payout_events BEFORE DELETE OR UPDATE ON public.payout_events FOR EACH ROW EXECUTE FUNCTION public.refuse_ledger_change();

CREATE TRIGGER keep_whole_audit_log BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_audit_change();

CREATE TRIGGER keep_whole_ledger BEFORE TRUNCATE ON public.finance_transactions FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_ledger_change();

CREATE TRIGGER pack_is_accounted AFTER UPDATE OF stored_at ON public.packs FOR EACH ROW WHEN (((old.stored_at IS NULL) AND (new.stored_at IS NOT NULL))) EXECUTE FUNCTION public.note_pack();

CREATE TRIGGER touch_channels BEFORE UPDATE ON public.channels FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER touch_developers BEFORE UPDATE ON public.developers FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER touch_game_media BEFORE UPDATE ON public.game_media FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER touch_game_metadata BEFORE UPDATE ON public.game_metadata FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER touch_game_pricing BEFORE UPDATE ON public.game_pricing FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER touch_games BEFORE UPDATE ON public.games FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER touch_promotions BEFORE UPDATE ON public.promotions FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER touch_webhook_endpoints BEFORE UPDATE ON public.webhook_endpoints FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TRIGGER upload_is_accounted AFTER UPDATE OF state ON public.upload_sessions FOR EACH ROW WHEN (((old.state = 'open'::text) AND (new.state = 'completed'::text))) EXECUTE FUNCTION public.note_upload();

ALTER TABLE ONLY public.analytics_answers
    ADD CONSTRAINT analytics_answers_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.analytics_reports
    ADD CONSTRAINT analytics_reports_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.build_files
    ADD CONSTRAINT build_files_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.channel_history
    ADD CONSTRAINT channel_history_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.channel_history
    ADD CONSTRAINT channel_history_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_previous_version_id_fkey FOREIGN KEY (previous_version_id) REFERENCES public.game_versions(version_id);

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id);

ALTER TABLE ONLY public.chunks
    ADD CONSTRAINT chunks_pack_id_fkey FOREIGN KEY (pack_id) REFERENCES public.packs(pack_id);

ALTER TABLE ONLY public.developer_api_keys
    ADD CONSTRAINT developer_api_keys_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.developer_api_keys
    ADD CONSTRAINT developer_api_keys_replaced_by_fkey FOREIGN KEY (replaced_by) REFERENCES public.developer_api_keys(key_id);

ALTER TABLE ONLY public.developer_api_keys
    ADD CONSTRAINT developer_api_keys_trust_id_fkey FOREIGN KEY (trust_id) REFERENCES public.oidc_trusts(trust_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.developer_documents
    ADD CONSTRAINT developer_documents_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.developer_payment_settings
    ADD CONSTRAINT developer_payment_settings_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.developer_payouts
    ADD CONSTRAINT developer_payouts_details FOREIGN KEY (developer_id, details_version) REFERENCES public.developer_payment_settings(developer_id, version);

ALTER TABLE ONLY public.developer_payouts
    ADD CONSTRAINT developer_payouts_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.developer_teams
    ADD CONSTRAINT developer_teams_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_chunks
    ADD CONSTRAINT file_chunks_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.finance_accounts
    ADD CONSTRAINT finance_accounts_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.finance_transactions
    ADD CONSTRAINT finance_transactions_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.finance_transactions
    ADD CONSTRAINT finance_transactions_payout_id_fkey FOREIGN KEY (payout_id) REFERENCES public.developer_payouts(payout_id);

ALTER TABLE ONLY public.game_media
    ADD CONSTRAINT game_media_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.game_metadata
    ADD CONSTRAINT game_metadata_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.game_pricing
    ADD CONSTRAINT game_pricing_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.game_versions
    ADD CONSTRAINT game_versions_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.games
    ADD CONSTRAINT games_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.job_pool
    ADD CONSTRAINT job_pool_queue_fkey FOREIGN KEY (queue) REFERENCES public.job_queue(id);

ALTER TABLE ONLY public.job_rate
    ADD CONSTRAINT job_rate_key_fkey FOREIGN KEY (key) REFERENCES public.job_key(id);

ALTER TABLE ONLY public.job_rate
    ADD CONSTRAINT job_rate_queue_fkey FOREIGN KEY (queue) REFERENCES public.job_queue(id);

ALTER TABLE ONLY public.manifests
    ADD CONSTRAINT manifests_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notification_preferences
    ADD CONSTRAINT notification_preferences_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_event_seq_fkey FOREIGN KEY (event_seq) REFERENCES public.outbox(seq) ON DELETE CASCADE;

ALTER TABLE ONLY public.oidc_trusts
    ADD CONSTRAINT oidc_trusts_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pack_plans
    ADD CONSTRAINT pack_plans_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.packs
    ADD CONSTRAINT packs_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.patch_builds
    ADD CONSTRAINT patch_builds_from_version_fkey FOREIGN KEY (from_version) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.patch_builds
    ADD CONSTRAINT patch_builds_made_for_fkey FOREIGN KEY (made_for) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.patch_builds
    ADD CONSTRAINT patch_builds_to_version_fkey FOREIGN KEY (to_version) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.patch_parts
    ADD CONSTRAINT patch_parts_build_id_fkey FOREIGN KEY (build_id) REFERENCES public.patch_builds(build_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.patch_parts
    ADD CONSTRAINT patch_parts_to_version_fkey FOREIGN KEY (to_version) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.patch_runs
    ADD CONSTRAINT patch_runs_from_version_fkey FOREIGN KEY (from_version) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.patch_runs
    ADD CONSTRAINT patch_runs_to_version_fkey FOREIGN KEY (to_version) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.patches
    ADD CONSTRAINT patches_from_version_fkey FOREIGN KEY (from_version) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.patches
    ADD CONSTRAINT patches_to_version_fkey FOREIGN KEY (to_version) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payout_events
    ADD CONSTRAINT payout_events_payout_id_fkey FOREIGN KEY (payout_id) REFERENCES public.developer_payouts(payout_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.player_reviews
    ADD CONSTRAINT player_reviews_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.price_history
    ADD CONSTRAINT price_history_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promotions
    ADD CONSTRAINT promotions_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.publications
    ADD CONSTRAINT publications_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.publications
    ADD CONSTRAINT publications_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.review_decisions
    ADD CONSTRAINT review_decisions_review_id_fkey FOREIGN KEY (review_id) REFERENCES public.reviews(review_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT reviews_game_id_fkey FOREIGN KEY (game_id) REFERENCES public.games(game_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT reviews_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.scan_plans
    ADD CONSTRAINT scan_plans_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.scan_waivers
    ADD CONSTRAINT scan_waivers_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.team_invitations
    ADD CONSTRAINT team_invitations_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.upload_sessions
    ADD CONSTRAINT upload_sessions_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.version_installs
    ADD CONSTRAINT version_installs_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.version_packs
    ADD CONSTRAINT version_packs_pack_id_fkey FOREIGN KEY (pack_id) REFERENCES public.packs(pack_id);

ALTER TABLE ONLY public.version_packs
    ADD CONSTRAINT version_packs_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.version_reviews
    ADD CONSTRAINT version_reviews_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.version_scans
    ADD CONSTRAINT version_scans_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.game_versions(version_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES public.webhook_endpoints(endpoint_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_seq_fkey FOREIGN KEY (seq) REFERENCES public.outbox(seq) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_developer_id_fkey FOREIGN KEY (developer_id) REFERENCES public.developers(developer_id) ON DELETE CASCADE;

ALTER TABLE public.analytics_answers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.analytics_reports ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_chain ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.build_files ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.channel_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.channels ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.chunks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.developer_api_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.developer_documents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.developer_payment_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.developer_payouts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.developer_teams ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.developers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_chunks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.finance_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.finance_transactions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.game_media ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.game_metadata ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.game_pricing ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.game_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.games ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.manifests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notification_preferences ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.oidc_trusts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_rows ON public.analytics_answers TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.analytics_reports TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.audit_chain TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.audit_log TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.build_files TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = build_files.version_id))));

CREATE POLICY own_rows ON public.channel_history TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.channels TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.chunks TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.developer_api_keys TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.developer_documents TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.developer_payment_settings TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.developer_payouts TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.developer_teams TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.developers TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.file_chunks TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = file_chunks.version_id))));

CREATE POLICY own_rows ON public.finance_accounts TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.finance_transactions TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.game_media TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.game_metadata TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.games
  WHERE (games.game_id = game_metadata.game_id))));

CREATE POLICY own_rows ON public.game_pricing TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.games
  WHERE (games.game_id = game_pricing.game_id))));

CREATE POLICY own_rows ON public.game_versions TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.games
  WHERE (games.game_id = game_versions.game_id))));

CREATE POLICY own_rows ON public.games TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.job TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.manifests TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = manifests.version_id))));

CREATE POLICY own_rows ON public.notification_preferences TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.notifications TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.oidc_trusts TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.outbox TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.pack_plans TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = pack_plans.version_id))));

CREATE POLICY own_rows ON public.packs TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.patch_builds TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = patch_builds.to_version))));

CREATE POLICY own_rows ON public.patch_parts TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = patch_parts.to_version))));

CREATE POLICY own_rows ON public.patch_runs TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = patch_runs.to_version))));

CREATE POLICY own_rows ON public.patches TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = patches.to_version))));

CREATE POLICY own_rows ON public.payout_events TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.developer_payouts parent
  WHERE (parent.payout_id = payout_events.payout_id))));

CREATE POLICY own_rows ON public.player_reviews TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.price_history TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.promotions TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.publications TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.quarantine TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.review_decisions TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.reviews parent
  WHERE (parent.review_id = review_decisions.review_id))));

CREATE POLICY own_rows ON public.reviews TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.scan_plans TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = scan_plans.version_id))));

CREATE POLICY own_rows ON public.scan_waivers TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = scan_waivers.version_id))));

CREATE POLICY own_rows ON public.storage_ledger TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.team_invitations TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.upload_sessions TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

CREATE POLICY own_rows ON public.version_installs TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = version_installs.version_id))));

CREATE POLICY own_rows ON public.version_packs TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = version_packs.version_id))));

CREATE POLICY own_rows ON public.version_reviews TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = version_reviews.version_id))));

CREATE POLICY own_rows ON public.version_scans TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.game_versions parent
  WHERE (parent.version_id = version_scans.version_id))));

CREATE POLICY own_rows ON public.webhook_deliveries TO slipway_tenant USING ((EXISTS ( SELECT
   FROM public.webhook_endpoints parent
  WHERE (parent.endpoint_id = webhook_deliveries.endpoint_id))));

CREATE POLICY own_rows ON public.webhook_endpoints TO slipway_tenant USING (((developer_id IS NULL) OR (developer_id = ( SELECT public.tenant() AS tenant))));

ALTER TABLE public.pack_plans ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.packs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.patch_builds ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.patch_parts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.patch_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.patches ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payout_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.player_reviews ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.promotions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.publications ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.quarantine ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.review_decisions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reviews ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.scan_plans ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.scan_waivers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.storage_ledger ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.team_invitations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.upload_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.version_installs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.version_packs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.version_reviews ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.version_scans ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_endpoints ENABLE ROW LEVEL SECURITY;

