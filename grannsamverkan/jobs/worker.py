"""A worker: takes jobs and runs the steps they name. Any number of them may run, on any number of machines.

Each kind of work has callers of its own (threads, as many as its channel has lanes), so that a slow provider keeps no
other work waiting. Of what waits, the most urgent is taken first.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from psycopg import AsyncConnection
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan import flow, notify, status
from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.database import server_words
from grannsamverkan.foundation.logs import where_it_failed
from grannsamverkan.jobs import nudges
from grannsamverkan.runtime import Runtime

log = structlog.get_logger("worker")
_RELEASES_AT_ONCE = 4  # an urgent alert is not to wait for the fan-out of a long one
_AFTER_ERROR_S = 1.0
_TELL_EVERY_S = 5.0  # how often it tells others how its providers do
_TRIES_TO_FREE = 5


class Worker:
    """`run` works until `stop`, which may come from any thread; then the groups in hand are finished."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._app: App | None = None
        self._tasks: list[asyncio.Task[None]] = []
        callers = {nudges.RELEASE: _RELEASES_AT_ONCE, nudges.NOTICES: 1}
        callers |= {nudges.QUEUES[kind]: channel.lanes for kind, channel in runtime.channels.items()}
        self._callers = callers
        self._pools = {name: ThreadPoolExecutor(size, thread_name_prefix=name) for name, size in callers.items()}

    def run(self) -> None:
        try:
            asyncio.run(self._run())
        finally:
            for pool in self._pools.values():
                pool.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        self._stopping.set()
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._end_tasks)

    def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()

    # ------------------------------------------------------------------------------------------------- the queues

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tasks = [asyncio.create_task(self._until_stopped(queue)) for queue in self._callers]
        self._tasks.append(asyncio.create_task(self._tell_of_providers()))
        if self._stopping.is_set():
            self._end_tasks()
        log.info("working", **self._callers)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _until_stopped(self, queue: str) -> None:
        """Take jobs from one queue; a database that goes away ends the taking, and it begins anew."""
        while not self._stopping.is_set():
            try:
                await self._take_jobs(queue)
            except Exception as error:  # noqa: BLE001 - a worker that dies would leave its neighbours unwarned
                log.error("queue_failed", queue=queue, failure=where_it_failed(error))
            if not self._stopping.is_set():
                await asyncio.sleep(_AFTER_ERROR_S)

    async def _tell_of_providers(self) -> None:
        while not self._stopping.is_set():
            await asyncio.sleep(_TELL_EVERY_S)
            try:
                await asyncio.to_thread(status.note_providers, self._runtime)
            except SQLAlchemyError as error:
                log.error("step_failed", step="note_providers", failure=where_it_failed(error))

    async def _take_jobs(self, queue: str) -> None:
        engine, url = self._runtime.settings.engine, self._runtime.database.engine.url
        conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        words = server_words(self._runtime.database.url, durable=False)  # a nudge that is lost, or comes again, is none
        connector = PsycopgConnector(
            conninfo=conninfo, kwargs=words, configure=_one_statement_each, min_size=1, max_size=2
        )
        app = App(connector=connector)
        self._teach(app)
        async with app.open_async():
            await app.run_worker_async(
                queues=[queue],
                concurrency=self._callers[queue],
                install_signal_handlers=False,
                fetch_job_polling_interval=engine.tick_s,
                update_heartbeat_interval=engine.stalled_after_s / 4,
                stalled_worker_timeout=engine.stalled_after_s,
                delete_jobs="always",
            )

    def _teach(self, app: App) -> None:
        """What is done for each kind of job."""

        @app.task(name=nudges.SEND_BATCH, pass_context=True)
        async def send_batch(context: JobContext, batch_id: int) -> None:
            await self._call(context, partial(self._send_batch, context.job.id or 0, batch_id))

        @app.task(name=nudges.FAN_OUT, pass_context=True)
        async def fan_out(context: JobContext, alert_id: int) -> None:
            await self._call(context, partial(flow.fan_out, self._runtime, alert_id=alert_id))

        @app.task(name=nudges.SEND_NOTICES, pass_context=True)
        async def send_notices(context: JobContext) -> None:
            await self._call(context, self._send_notices)

    async def _call(self, context: JobContext, step: Callable[[], object]) -> None:
        """Run the step on a thread of its queue. A job never fails: the rows still hold the work."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._pools[context.job.queue], step)
        except Exception as error:  # noqa: BLE001
            log.error("step_failed", step=context.job.task_name, failure=where_it_failed(error))

    # ------------------------------------------------------------------------------------------------- the steps

    def _send_batch(self, job_id: int, batch_id: int) -> None:
        owner = nudges.owner_of(job_id)
        try:
            flow.send_batch(self._runtime, batch_id=batch_id, owner=owner, is_stopping=self._stopping.is_set)
        except Exception:
            self._free(owner)
            raise

    def _free(self, owner: str) -> None:
        """Give back what a failed step held, so that it is tried again soon; without a database its lease runs out."""
        for tried in range(_TRIES_TO_FREE):
            again_at = self._runtime.clock.now() + deliveries.wait_before(2, spread=random.random())  # noqa: S311
            try:
                with self._runtime.database.write() as session:
                    deliveries.free(session, [owner], again_at=again_at)
            except SQLAlchemyError:
                time.sleep(_AFTER_ERROR_S * (tried + 1))
            else:
                return

    def _send_notices(self) -> None:
        while not self._stopping.is_set() and notify.send_notices(self._runtime):
            pass


async def _one_statement_each(connection: AsyncConnection) -> None:
    """None of the questions about jobs is more than one statement: nothing has to be said around it."""
    await connection.set_autocommit(True)
