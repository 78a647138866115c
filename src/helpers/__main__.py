"""Run the Makefile's commands: ``python -m helpers COMMAND``."""

import argparse
import contextlib
import os
import sys
from typing import Any

from helpers.core import paths
from helpers.core.errors import UserError, debugging, full_traceback, reveal_causes

DEBUG_HELP = "Set EVALBOOK_DEBUG=1 to see the traceback behind a one-line error."
ENTRY = "helpers.__main__:act"  # what a fork runs a command by


def main(arguments: list[str] | None = None) -> int:
    """Run a command, here or in a fork of a server that has imported the libraries."""
    from helpers.pipeline import prefork

    arguments = sys.argv[1:] if arguments is None else arguments
    forks = arguments[:1] in (["stage"], ["kernel"])
    code = prefork.request(arguments) if forks else None
    return act(arguments) if code is None else code


def act(arguments: list[str]) -> int:
    """Run a command and return its exit code: 0 done, 1 a stage failed, 2 wrong input, 3 worse."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except UserError as error:
        if debugging():
            print(full_traceback(error), file=sys.stderr)
        print(f"evalbook: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers", description="Evalbook's commands.", epilog=DEBUG_HELP
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    runs = (plan, why, check, publish, stage, kernel, serve, list_, lessons, items, compare, bench)
    parsers = {
        run: commands.add_parser(run.__name__.strip("_"), help=run.__doc__)
        for run in (*runs, coverage, doctor, architecture, schema)
    }
    for run, command in parsers.items():
        command.set_defaults(run=run)
    for run in (plan, why, check, publish):
        parsers[run].add_argument("studies", nargs="*", help="all studies in params/ by default")
    parsers[items].add_argument("studies", nargs="*", help="names of files in params/")
    for option, default in {"--tries": 2000, "--minutes": 50.0}.items():
        parsers[coverage].add_argument(option, type=type(default), default=default, help="at most")
    for name in ("labels", "a", "b"):
        parsers[compare].add_argument(name, help="a table: csv, tsv, json lines, parquet")
    for name in ("--page", "--metric", "--group", "--margin", "--seed"):
        parsers[compare].add_argument(name, default=argparse.SUPPRESS)
    parsers[stage].add_argument("key", help="such as solar-cells/majority/2-train")
    parsers[kernel].add_argument("connection", help="Jupyter's connection file")
    parsers[serve].add_argument("command", nargs="...", help="such as make")
    return parser


def _studies(options: argparse.Namespace) -> list[str]:
    from helpers.config import study_file

    return options.studies or study_file.names()


def plan(options: argparse.Namespace) -> None:
    """Find the stages that are out of date and write build/plan.mk."""
    from helpers.pipeline import freshness

    if (fresh := freshness.up_to_date_count(options.studies)) is not None:
        print(f"{fresh} stages up to date")
        _print_index()
        return
    from helpers.core import code_digest
    from helpers.pipeline import plan, prose

    planned = plan.load(_studies(options))
    to_run = plan.write(planned)
    for each in planned:
        if each.fresh and prose.refresh(each):
            print(f"{each.key}: text updated")
    code_digest.save_cache()
    fresh = len(planned) - len(to_run)
    if outdated := [reason for each in planned for reason in each.outdated]:
        print(f"{outdated[0]}: stages with records of another version run again")
    if to_run:
        print(f"{len(to_run)} stages to run, {fresh} up to date")
        return
    print(f"{fresh} stages up to date")
    publish(options)


def stage(options: argparse.Namespace) -> int:
    """Run one stage."""
    from helpers.pipeline.run import run

    return 0 if run(options.key) else 1


def kernel(options: argparse.Namespace) -> None:
    """Run the kernel of a notebook until its parent process ends."""
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    app.initialize(["-f", options.connection, f"--IPKernelApp.parent_handle={os.getppid()}"])
    if debugging() and app.shell:
        app.shell.set_custom_exc((Exception,), _show_causes)
    app.start()


def _show_causes(shell: Any, kind: type, error: Exception, trace: Any, **offset: Any) -> None:
    """Show a cell's error with the causes that ``raise ... from None`` hides."""
    reveal_causes(error)
    shell.showtraceback((kind, error, trace), **offset)


def serve(options: argparse.Namespace) -> int:
    """Run make with stages that need no imports: they are forks of this process."""
    from helpers.pipeline import notebook_execution, prefork

    return prefork.serve(options.command, notebook_execution.ENVIRONMENT, ENTRY)


def why(options: argparse.Namespace) -> None:
    """Say why each stage is out of date."""
    from helpers.pipeline import status

    status.print_why(status.with_lessons(options.studies))


def check(options: argparse.Namespace) -> int:
    """Compare the numbers with each `expect`, of studies and of lessons that were run."""
    from helpers.pipeline import status

    lines = status.print_check(status.with_lessons(options.studies))
    for line in lines:
        print(f"evalbook: {line}", file=sys.stderr)
    return 1 if lines else 0


def list_(options: argparse.Namespace) -> None:
    """List the studies."""
    from helpers.pipeline import status

    status.print_list()


def lessons(options: argparse.Namespace) -> None:
    """Print the README's table of lessons."""
    from helpers.pipeline import status

    status.print_lessons()


def items(options: argparse.Namespace) -> int:
    """Write a study's items as a table, for predictions made elsewhere."""
    from helpers.data import dataset, items_to_predict
    from helpers.pipeline.run import run

    if not options.studies:
        raise UserError("items of which study? make items STUDY=name")
    for study in options.studies:
        if not run(f"{study}/1-data"):
            return 1
        print(items_to_predict.write(dataset.open(study)))
    return 0


def compare(options: argparse.Namespace) -> int:
    """Compare two files of predictions; exit code 3 if the second is surely worse."""
    from helpers.pipeline import gate

    return gate.run(**{name: each for name, each in vars(options).items() if name != "run"})


def publish(options: argparse.Namespace) -> None:
    """Render the reports that changed, and the index."""
    from helpers.config import study_file
    from helpers.pipeline import freshness, plan, status
    from helpers.report.pages import publish

    names, read, outside = _studies(options), "", []
    with contextlib.suppress(UserError):  # the index shows what is wrong with a study file
        outside = plan.own_files(names)
        read = freshness.state_of_what_is_read(outside)
    states = status.write()
    pages = publish()
    if len(pages) > 1:
        print(f"{len(pages) - 1} reports rendered")
    _print_index()
    shown = {*names, *[study_file.ACROSS] * (set(study_file.names()) <= set(names))}
    shown_states = [each.state for each in states if each.study in shown]
    if read and set(shown_states) == {"ok"}:
        plan.write([])
        freshness.record(options.studies, len(shown_states), outside, read)


def _print_index() -> None:
    print(f"The index: {(paths.reports() / 'index.html').as_uri()}")


def bench(options: argparse.Namespace) -> None:
    """Measure the speeds quoted in the README."""
    from helpers.pipeline import notebook_execution

    print(notebook_execution.findings("bench", {}), end="")


def coverage(options: argparse.Namespace) -> int:
    """Count how often intervals, tests and promises hold; 1 if any fails."""
    from helpers.pipeline import notebook_execution

    limits = {"tries": options.tries, "minutes": options.minutes}
    print(found := notebook_execution.findings("coverage", limits), end="")
    return int("fails: " in found)


def doctor(options: argparse.Namespace) -> int:
    """Check and mend what runs depend on; 1 if something is left to do."""
    from helpers.pipeline import doctor

    return doctor.run()


def architecture(options: argparse.Namespace) -> None:
    """Draw docs/architecture.svg from the code."""
    from helpers.report import architecture

    print(paths.shown(architecture.save()))


def schema(options: argparse.Namespace) -> None:
    """Write the JSON Schemas of the records to docs/schema/."""
    from helpers.core.records import table

    print(*map(paths.shown, table.write_schemas()), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
