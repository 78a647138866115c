"""One run of make: plan, run the stages, publish. Its exit code is the truth."""

import contextlib
import os
import re
import shlex
import socket
from collections.abc import Callable, Iterator

from helpers.config import study_file
from helpers.config.names import ACROSS
from helpers.core import code_digest, files, paths
from helpers.core.errors import UserError
from helpers.core.records.lesson import LESSONS
from helpers.pipeline import (
    cleaning,
    cluster_connection,
    freshness,
    lifeline,
    plan,
    prefork,
    prose,
    status,
)
from helpers.pipeline.stage import Stage

INTERRUPTED = 130
MOST_TASKS = 64  # stages that are on a cluster at once, unless JOBS says how many
OF_THE_OUTER_MAKE = r"(?:^| )(?:-j\d*|--jobserver-(?:auth|fds)=\S+)(?= |$)"


def make(names: list[str], entry: str) -> int:
    """Bring some studies and lessons up to date, all studies if none is named."""
    if not names and (odd := study_file.left_out()):
        raise UserError(odd[0])
    with cleaning.kept():
        code = _planned_and_run(names, entry)
        if code != INTERRUPTED:
            publish(names)
    return code


def _planned_and_run(names: list[str], entry: str) -> int:
    with contextlib.ExitStack() as run:
        with _alone("planning"):
            planned = plan.load(names or study_file.names())
            to_run = plan.out_of_date(planned)
            for each in planned:
                if each.fresh and prose.refresh(each):
                    print(f"{each.key}: text updated")
            for each in to_run:  # parsed here, once, and not by each of them
                code_digest.of_imports(each.source, each.loads)
            code_digest.save_cache()
            line = run.enter_context(lifeline.held()) if to_run else None
        if outdated := [reason for each in planned for reason in each.outdated]:
            print(f"{outdated[0]}: stages with records of another version run again")
        fresh = len(planned) - len(to_run)
        to_do = f"{len(to_run)} stages to run, {fresh} up to date"
        print(to_do if to_run else f"{fresh} stages up to date", flush=True)
        return _run_stages(to_run, line, entry) if line else 0


def publish(names: list[str]) -> None:
    """Render the reports that changed, and the index."""
    from helpers.report.pages.publish import publish as publish_pages

    with _alone("publishing"):
        shown, read, outside = names or study_file.names(), "", []
        with contextlib.suppress(UserError):  # the index shows what is wrong with a study file
            outside = plan.own_files(shown)
            read = freshness.state_of_what_is_read(outside)
        states = status.write()
        written = publish_pages()
        if len(written) > 1:
            print(f"{len(written) - 1} reports rendered")
        print(f"The index: {(paths.reports() / 'index.html').as_uri()}")
        complete = set(study_file.names()) <= set(shown)
        own = {*shown, ACROSS} if complete else {*shown}
        found = [each.state for each in states if each.study in own]
        if read and set(found) == {"ok"}:
            freshness.record(names, len(found), outside, read)


def _run_stages(to_run: list[Stage], line: lifeline.Lifeline, entry: str) -> int:
    """Let make run stages: forks of this process, or tasks of a cluster, or by a command."""
    if asked := os.environ.get("CLUSTER"):
        with cluster_connection.connected(asked) as there:
            there.check(to_run)
            usual = str(min(MOST_TASKS, max(4, sum(there.cores))))
            return _make(to_run, line, "", usual, there.handle)
    usual = "2" if {each.study for each in to_run} == {LESSONS} else "4"
    return _make(to_run, line, "" if os.environ.get("RUNNER") else entry, usual)


def _make(
    to_run: list[Stage],
    line: lifeline.Lifeline,
    entry: str,
    usual: str,
    handle: Callable[[socket.socket], None] | None = None,
) -> int:
    jobs = os.environ.get("JOBS") or usual
    flags, separator, variables = os.environ.get("MAKEFLAGS", "").partition(" -- ")
    if outer := re.search(r"(?:^| )-j(\d+)", flags):
        jobs = outer[1]
    if not re.fullmatch("[1-9][0-9]{0,3}", jobs):
        raise UserError(f"JOBS={jobs}: a whole number from 1 is needed")
    os.environ["MAKEFLAGS"] = re.sub(OF_THE_OUTER_MAKE, "", flags) + separator + variables
    command = shlex.split(os.environ.get("EVALBOOK_MAKE", "make"))
    command += ["--no-print-directory", f"-j{jobs}", "-f", "-", "-f", "Makefile", "stages"]
    keras = any(each.keras for each in to_run)
    return prefork.serve(command, line, entry, plan.text(to_run), handle, keras)


@contextlib.contextmanager
def _alone(doing: str) -> Iterator[None]:
    """Hold the lock of the checkout, and tell who holds it."""
    lock = paths.build() / ".lock"
    with files.lock(lock, lambda: print(f"waits for {lock.read_text('utf-8')}", flush=True)):
        lock.write_text(f"process {os.getpid()}, which is {doing}", encoding="utf-8")
        yield
