"""One step of one rival, in the environment that has it installed: `python peer.py STEP NAME URL [NUMBER]`.

Everything goes through the rival's public API, as its own documentation has it. Prints one JSON object.
"""

import asyncio
import dataclasses
import datetime
import json
import logging
import os
import random
import sys
import time

logging.disable(logging.WARNING)
PAYLOAD = {"build": "b12", "path": "content/paks/chunk_1.pak", "size": 4096, "sha256": "0123456789abcdef" * 4}
STARTED = {}


def ran(number):
    if number >= 0:
        STARTED[number] = time.perf_counter()


class Procrastinate:
    async def open(self, url):
        import procrastinate
        self.app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=url, min_size=2, max_size=20))

        @self.app.task(queue="bench", name="noop")
        async def noop(number, payload):
            ran(number)

        self.task = noop
        await self.app.open_async()

    async def install(self):
        await self.app.schema_manager.apply_schema_async()

    async def one(self, number=-1):
        await self.task.defer_async(number=number, payload=PAYLOAD)

    async def many(self, count):
        await self.task.batch_defer_async(*[{"number": -1, "payload": PAYLOAD} for _ in range(count)])

    async def work(self, concurrency):
        await self.app.run_worker_async(queues=["bench"], concurrency=concurrency, install_signal_handlers=False)


class Pgqueuer:
    async def open(self, url):
        import asyncpg
        from pgqueuer import PgQueuer
        from pgqueuer.db import AsyncpgPoolDriver
        from pgqueuer.queries import Queries
        self.driver = AsyncpgPoolDriver(await asyncpg.create_pool(url, min_size=2, max_size=12))
        self.queries, self.make = Queries(self.driver), PgQueuer

    async def install(self):
        await self.queries.install()

    @staticmethod
    def body(number):
        return json.dumps({"number": number, "payload": PAYLOAD}).encode()

    async def one(self, number=-1):
        await self.queries.enqueue("noop", self.body(number), 0)

    async def many(self, count):
        await self.queries.enqueue(["noop"] * count, [self.body(-1)] * count, [0] * count)

    async def work(self, concurrency):
        worker = self.make(self.driver)

        @worker.entrypoint("noop")
        async def noop(job):
            ran(json.loads(job.payload)["number"])

        await worker.run(batch_size=concurrency, dequeue_timeout=datetime.timedelta(seconds=1))


@dataclasses.dataclass
class Noop:
    number: int
    payload: dict


class Awa:
    async def open(self, url):
        import awa
        self.url, self.module = url, awa
        self.client = awa.AsyncClient(url, max_connections=20)

    async def install(self):
        await self.client.migrate()
        # The first worker of a new installation moves it to the fast storage engine by itself; give it the time.
        import psycopg
        first = self.module.AsyncClient(self.url)

        @first.task(Noop, queue="other")
        async def other(job):
            pass

        await first.start([("other", 1)])
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            for _ in range(100):
                row = await (await connection.execute(
                    "SELECT current_engine FROM awa.storage_transition_state")).fetchone()
                if row[0] == "queue_storage":
                    break
                await asyncio.sleep(0.2)
        await first.shutdown()

    async def one(self, number=-1):
        await self.client.insert(Noop(number, PAYLOAD), queue="bench")

    async def many(self, count):
        await self.client.enqueue_many_copy([Noop(-1, PAYLOAD)] * count, queue="bench")

    async def work(self, concurrency):
        @self.client.task(Noop, queue="bench")
        async def noop(job):
            ran(job.args.number)

        await self.client.start([("bench", concurrency)])
        await asyncio.sleep(3600)


async def chancy_noop(*, number: int, payload: dict):
    ran(number)


class Chancy:
    async def open(self, url):
        import chancy
        # The rival imports the function by its name, so it must not be the one of `__main__`.
        import peer
        peer.STARTED = STARTED
        self.module, self.function = chancy, peer.chancy_noop
        self.app = chancy.Chancy(url, min_connection_pool_size=2, max_connection_pool_size=12)
        await self.app.__aenter__()

    async def install(self):
        await self.app.migrate()
        await self.app.declare(self.module.Queue(
            "bench", concurrency=100, executor="chancy.executors.asyncex.AsyncExecutor", eager_polling=True,
            polling_interval=1))

    def job(self, number):
        return self.module.Job.from_func(
            self.function, queue="bench", kwargs={"number": number, "payload": PAYLOAD})

    async def one(self, number=-1):
        await self.app.push(self.job(number))

    async def many(self, count):
        async for _ in self.app.push_many([self.job(-1)] * count, batch_size=1000):
            pass

    async def work(self, concurrency):
        async with self.module.Worker(self.app, register_signal_handlers=False) as worker:
            await worker.wait_for_shutdown()


PEERS = {"awa": Awa, "chancy": Chancy, "pgqueuer": Pgqueuer, "procrastinate": Procrastinate}


async def rate(seconds, step):
    begin, jobs = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        jobs += await step()
    return jobs / (time.perf_counter() - begin)


async def enqueue(peer, seconds):
    async def one():
        await peer.one()
        return 1

    async def many():
        await peer.many(1000)
        return 1000

    await one()
    return {"single": await rate(seconds, one), "thousand": await rate(seconds, many)}


async def load(peer, jobs):
    for _ in range(0, jobs, 1000):
        await peer.many(1000)
    return {"jobs": jobs}


async def latency(peer, samples, other):
    worker = asyncio.create_task(peer.work(10))
    await asyncio.sleep(3)
    chance, milliseconds = random.Random(1), []
    for number in range(samples):
        await asyncio.sleep(chance.uniform(0.02, 0.06))
        begin = time.perf_counter()
        await other.one(number)
        while number not in STARTED and time.perf_counter() - begin < 10:
            await asyncio.sleep(0.0005)
        if number in STARTED:
            milliseconds.append((STARTED[number] - begin) * 1000)
    worker.cancel()
    milliseconds.sort()
    if not milliseconds:
        raise RuntimeError("no job ran")
    return {"p50_ms": milliseconds[len(milliseconds) // 2], "p99_ms": milliseconds[int(len(milliseconds) * 0.99) - 1],
            "samples": len(milliseconds)}


async def run(step, name, url, number):
    peer = PEERS[name]()
    await peer.open(url)
    if step == "install":
        await peer.install()
        return {}
    if step == "load":
        return await load(peer, number)
    if step == "enqueue":
        return await enqueue(peer, number)
    if step == "work":
        await peer.work(number)
        return {}
    other = peer
    if name == "pgqueuer":
        other = PEERS[name]()
        await other.open(url)
    return await latency(peer, number, other)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import uvloop
    print(json.dumps(uvloop.run(run(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))), flush=True)
    # Some of them leave threads or tasks that never end.
    os._exit(0)
