"""What PostgreSQL itself can do with the same work, driven by pgbench, whose own cost is next to nothing.

Two shapes of a queue, each at its barest: no priorities that age, no limits, no wake-ups, no followers.

`narrow`      a row is moved from the waiting table to the held one and then to the ended one; the body is never touched
`batchlease`  the held and the ended table have one row for a whole batch
"""

import os
import re
import subprocess
import tempfile

# The body that all of us store, ours and the rivals', give or take their own columns.
BODY = {"build": "b12", "path": "content/paks/chunk_1.pak", "size": 4096, "sha256": "0123456789abcdef" * 4}
BODY_SQL = """'{"seq": -1, "build": "b12", "path": "content/paks/chunk_1.pak", "size": 4096, "sha256": "%s"}'""" % (
    "0123456789abcdef" * 4)

HOT = "WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)"

COMMON = f"""
CREATE TABLE body (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line integer NOT NULL, payload jsonb NOT NULL);
CREATE TABLE waiting (
    line integer NOT NULL, urgency smallint NOT NULL DEFAULT 0, tries smallint NOT NULL DEFAULT 0, id bigint NOT NULL,
    PRIMARY KEY (line, urgency, id)) {HOT};
"""

SHAPES = {
    "narrow": {
        "tables": COMMON + f"""
            CREATE TABLE held (id bigint PRIMARY KEY, line integer, urgency smallint, tries smallint, holder integer,
                               since timestamptz) {HOT};
            CREATE TABLE ended (id bigint, tries smallint, state smallint, at timestamptz);
            """,
        "cycle": """
            WITH pick AS MATERIALIZED (
                SELECT ctid FROM waiting WHERE line = 1 ORDER BY urgency, id LIMIT {batch} FOR UPDATE SKIP LOCKED
            ), taken AS (
                DELETE FROM waiting WHERE ctid = ANY (ARRAY (SELECT ctid FROM pick)) RETURNING *
            ), lease AS (
                INSERT INTO held SELECT id, line, urgency, tries + 1, 1, now() FROM taken RETURNING id
            )
            SELECT coalesce(array_agg(id)::text, '{{}}') AS ids, sum(length(payload::text)) AS characters
            FROM lease JOIN body USING (id) \\gset
            WITH freed AS (DELETE FROM held WHERE id = ANY (:ids::bigint[]) RETURNING id, tries)
            INSERT INTO ended SELECT id, tries, 2, now() FROM freed;
            """,
        "ended": "SELECT count(*) FROM ended",
    },
    "batchlease": {
        "tables": COMMON + f"""
            CREATE TABLE held (batch bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, holder integer, since timestamptz,
                               ids bigint[], tries smallint[]) {HOT};
            CREATE TABLE ended (batch bigint, state smallint, at timestamptz, ids bigint[]);
            """,
        "cycle": """
            WITH pick AS MATERIALIZED (
                SELECT ctid FROM waiting WHERE line = 1 ORDER BY urgency, id LIMIT {batch} FOR UPDATE SKIP LOCKED
            ), taken AS (
                DELETE FROM waiting WHERE ctid = ANY (ARRAY (SELECT ctid FROM pick)) RETURNING id, tries
            ), lease AS (
                INSERT INTO held (holder, since, ids, tries)
                SELECT 1, now(), array_agg(id), array_agg(tries) FROM taken HAVING count(*) > 0 RETURNING batch
            )
            SELECT coalesce(array_agg(DISTINCT batch)::text, '{{}}') AS ids, sum(length(payload::text)) AS characters
            FROM taken JOIN body USING (id) CROSS JOIN lease \\gset
            WITH freed AS (DELETE FROM held WHERE batch = ANY (:ids::bigint[]) RETURNING batch, ids)
            INSERT INTO ended SELECT batch, 2, now(), ids FROM freed;
            """,
        "ended": "SELECT coalesce(sum(cardinality(ids)), 0) FROM ended",
    },
}

# The row of one of our jobs, as bare as can be: one table, one index. And, for those who ask what the line costs that every
# queue has besides, a row of that.
BARE = f"""
CREATE TABLE standing (
    rank bigint NOT NULL, id bigint NOT NULL, queue smallint NOT NULL, priority smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (queue, priority, rank, id)) {HOT};
CREATE TABLE bare (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, queue smallint NOT NULL, kind text NOT NULL, payload jsonb NOT NULL,
    priority smallint NOT NULL DEFAULT 0, created_at timestamptz NOT NULL DEFAULT now());
"""


def pgbench(cluster, database, script, clients, transactions=None, seconds=None):
    """- Returns: transactions a second, connecting not counted."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        length = ["-t", str(transactions)] if transactions else ["-T", str(seconds)]
        done = subprocess.run(
            [cluster.bin + "/pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-D", "ids={}", *length,
             "-f", file.name],
            env=dict(cluster.environment(database), PGOPTIONS="-c plan_cache_mode=force_generic_plan"),
            capture_output=True, text=True)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode != 0 or not rate:
        raise RuntimeError("pgbench: " + done.stderr[-1500:])
    return float(rate[1])


def drain(cluster, open_session, shape, jobs, batch, clients):
    """Takes and ends that many jobs. - Returns: jobs a second, and bytes of log a job."""
    design = SHAPES[shape]
    cluster.fresh("barest")
    with open_session("barest") as session:
        session.rows(design["tables"])
        session.rows(
            f"INSERT INTO body (line, payload) SELECT 1, {BODY_SQL}::jsonb FROM generate_series(1, {jobs});"
            "INSERT INTO waiting (line, id) SELECT line, id FROM body; VACUUM (ANALYZE) body, waiting")
        session.rows("CHECKPOINT")
        before = session.wal()
        rounds = -(-jobs // (batch * clients))
        rate = pgbench(cluster, "barest", design["cycle"].format(batch=batch), clients, transactions=rounds)
        ended = session.number(design["ended"])
        if ended != jobs:
            raise RuntimeError(f"{shape} ended {ended} of {jobs} jobs")
        # The last rounds may find less than a batch; what counts is jobs over time.
        return rate * jobs / (rounds * clients), (session.wal() - before) / jobs


def insert(cluster, open_session, clients, seconds, both=False):
    """Rows a second, each its own transaction; `both`: with its row in the line, in the same statement."""
    cluster.fresh("barest")
    with open_session("barest") as session:
        session.rows(BARE)
        session.rows("CHECKPOINT")
    body = f"INSERT INTO bare (queue, kind, payload) VALUES (1, 'noop', {BODY_SQL}::jsonb)"
    script = (f"WITH body AS ({body} RETURNING id) INSERT INTO standing (queue, rank, id) SELECT 1, id, id FROM body;\n"
              if both else f"{body};\n")
    return pgbench(cluster, "barest", script, clients, seconds=seconds)


def copy(cluster, open_session, jobs, chunk, both=False):
    """Rows a second by COPY, `chunk` rows a transaction, one connection; `both`: and as many rows of the line."""
    cluster.fresh("barest")
    with open_session("barest") as session, tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "rows")
        with open(path, "w") as file:
            file.write(f"1\tnoop\t{BODY_SQL[1:-1]}\n" * chunk)
        calls = []
        for number in range(jobs // chunk):
            calls.append(f"\\copy bare (queue, kind, payload) FROM '{path}'\n")
            if both:
                line = f"{path}-{number}"
                with open(line, "w") as file:
                    file.writelines(f"1\t{id}\t{id}\n" for id in range(number * chunk, (number + 1) * chunk))
                calls[-1] = f"BEGIN;\n{calls[-1]}\\copy standing (queue, rank, id) FROM '{line}'\nCOMMIT;\n"
        session.rows(BARE)
        session.rows("CHECKPOINT")
        begin = session.number("SELECT extract(epoch FROM clock_timestamp()) * 1e6")
        for call in calls:
            session.rows(f"SELECT 1;\n{call}")
        end = session.number("SELECT extract(epoch FROM clock_timestamp()) * 1e6")
        return (jobs // chunk * chunk) / ((end - begin) / 1e6)
