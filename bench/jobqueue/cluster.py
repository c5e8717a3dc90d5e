"""A private PostgreSQL cluster with fsync on, and a session to ask it things. Standard library only."""

import glob
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

SETTINGS = {
    "listen_addresses": "", "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
    "shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "30min", "max_connections": "200",
    "jit": "off", "timezone": "UTC",
}


def binaries():
    """The directory of the newest PostgreSQL of the machine."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    if not found:
        raise SystemExit("there is no PostgreSQL server: ops/setup installs one")
    return os.path.dirname(max(found, key=lambda path: int(path.split("/")[4])))


class Cluster:
    """Lives as long as the `with` block; leaves nothing behind."""

    def __enter__(self):
        self.bin = binaries()
        self.root = tempfile.mkdtemp(prefix="slipway-bench-")
        # The kernel interrupts what we started when we are killed, which shuts a server down.
        self.user = ["setpriv", "--pdeathsig", "INT"]
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root. Its socket stays closed to everybody but its user and us.
            shutil.chown(self.root, "postgres", "postgres")
            self.user += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        self.server = None
        try:
            self._run("initdb", "-D", self.root + "/data", "--username=bench", "--auth=trust", "--encoding=UTF8",
                      "--locale=C.UTF-8", "--no-sync")
            options = [word for name, value in {**SETTINGS, "unix_socket_directories": self.root}.items()
                       for word in ("-c", f"{name}={value}")]
            with open(self.root + "/server.log", "wb") as log:
                self.server = subprocess.Popen(
                    [*self.user, "--", self.bin + "/postgres", "-D", self.root + "/data", *options],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            try:
                self.server.wait(30)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def _run(self, program, *arguments):
        done = subprocess.run([*self.user, "--", f"{self.bin}/{program}", *arguments], capture_output=True,
                              text=True, cwd="/")
        if done.returncode != 0:
            raise SystemExit(f"{program} failed: {done.stdout}{done.stderr}")

    def _wait(self):
        for _ in range(600):
            if subprocess.run([self.bin + "/pg_isready", "-q", "-h", self.root]).returncode == 0:
                return
            if self.server.poll() is not None:
                break
            time.sleep(0.1)
        with open(self.root + "/server.log") as log:
            raise SystemExit("the server did not start: " + log.read()[-2000:])

    def url(self, database, encoded=False):
        """- Parameter encoded: with the socket's directory in the place of a host, as some drivers want it."""
        if encoded:
            return f"postgresql://bench@{urllib.parse.quote(self.root, safe='')}/{database}"
        return f"postgresql://bench@/{database}?host={self.root}"

    def environment(self, database):
        """What libpq's own programs need to find it."""
        return dict(os.environ, PGHOST=self.root, PGUSER="bench", PGDATABASE=database, PGPORT="5432")

    def fresh(self, database):
        """Makes a database anew, and a checkpoint, so that no run pays for the full pages of another."""
        with Session(self, "postgres") as session:
            session.rows(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            session.rows(f"CREATE DATABASE {database}")
            session.rows("CHECKPOINT")

    def fsync_microseconds(self):
        """The median time to write 8 KiB and to have it on the disk."""
        times = []
        with open(self.root + "/probe", "wb") as file:
            for _ in range(100):
                file.seek(0)
                begin = time.perf_counter()
                file.write(b"x" * 8192)
                file.flush()
                os.fdatasync(file.fileno())
                times.append(time.perf_counter() - begin)
        os.unlink(self.root + "/probe")
        return sorted(times)[50] * 1e6


class Session:
    """One psql that stays connected: cheap to ask many times."""

    SENTINEL = "--end-of-answer--"

    def __init__(self, cluster, database):
        self.process = subprocess.Popen(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"], env=cluster.environment(database),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)

    def rows(self, sql):
        """Every row of the answer as a line, columns separated by `|`."""
        try:
            self.process.stdin.write(f"{sql};\n\\echo {self.SENTINEL}\n")
        except BrokenPipeError:
            pass
        lines = []
        for line in self.process.stdout:
            if line.rstrip("\n") == self.SENTINEL:
                return lines
            lines.append(line.rstrip("\n"))
        raise RuntimeError(f"psql ended: {self.process.stderr.read()[-1500:]}")

    def number(self, sql):
        return int(float(self.rows(sql)[0]))

    def wal(self):
        """Bytes of write-ahead log since the cluster was made."""
        return self.number("SELECT pg_current_wal_insert_lsn() - '0/0'")


def watch(session, done_sql, jobs, seconds, check=lambda: None):
    """Jobs a second, from the first that is seen done in the database to the last.

    Looking costs the server as well, and more where much has to be counted: it takes no more than a twentieth of the time.

    - Returns: nothing when they were not done in that time.
    """
    first = None
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        asked = time.perf_counter()
        done, now = session.number(done_sql), time.perf_counter()
        if first is None and done > 0:
            first = (done, now)
        elif first is not None and done >= jobs:
            return (done - first[0]) / (now - first[1]) if first[0] < done else None
        check()
        time.sleep(max(0.02, 20 * (now - asked)))
    return None
