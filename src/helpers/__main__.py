"""Run the Makefile's commands: ``python -m helpers COMMAND``."""

import argparse
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from helpers.core import paths
from helpers.core.errors import UserError, debugging, full_traceback, of_system, reveal_causes

DEBUG_HELP = "Set EVALBOOK_DEBUG=1 to see the traceback behind a one-line error."
ENTRY = "helpers.__main__:act"  # what a fork runs a command by


def main(arguments: list[str] | None = None) -> int:
    """Run a command, here or in a fork of a server that has imported the libraries."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] not in (["stage"], ["kernel"], ["remote"]):
        return act(arguments)
    from helpers.pipeline import lifeline, prefork_client

    lifeline.watch(arguments[0])
    code = prefork_client.request(arguments)
    return act(arguments) if code is None else code


def act(arguments: list[str]) -> int:
    """Run a command and return its exit code: 0 done, 1 a stage failed, 2 wrong input, 3 worse."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except KeyboardInterrupt:
        # what it left half-made says so when it is thrown away
        sys.unraisablehook = lambda _: None
        warnings.simplefilter("ignore")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (UserError, OSError) as error:
        if debugging():
            print(full_traceback(error), file=sys.stderr)
        line = of_system(error) if isinstance(error, OSError) else error
        print(f"evalbook: {line}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers", description="Evalbook's commands.", epilog=DEBUG_HELP
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    runs = (make, why, check, publish, stage, kernel, list_, lessons, items, compare, bench)
    parsers = {
        run: commands.add_parser(run.__name__.strip("_"), help=run.__doc__)
        for run in (*runs, remote, shards, coverage, doctor, clean, architecture, schema)
    }
    for run, command in parsers.items():
        command.set_defaults(run=run)
    for run in (make, why, check, publish):
        parsers[run].add_argument("studies", nargs="*", help="all studies in params/ by default")
    parsers[items].add_argument("studies", nargs="*", help="names of files in params/")
    for option, default in {"--tries": 2000, "--minutes": 50.0}.items():
        parsers[coverage].add_argument(option, type=type(default), default=default, help="at most")
    for name in ("labels", "a", "b"):
        parsers[compare].add_argument(name, help="a table: csv, tsv, json lines, parquet")
    for name in ("--page", "--metric", "--group", "--margin", "--seed"):
        parsers[compare].add_argument(name, default=argparse.SUPPRESS)
    parsers[stage].add_argument("key", help="such as solar-cells/majority/2-train")
    parsers[stage].add_argument("--position", default="1/1", help="its place in the plan")
    parsers[bench].add_argument("--peers", action="store_true", help="other libraries as well")
    parsers[kernel].add_argument("connection", help="Jupyter's connection file")
    parsers[remote].add_argument("arguments", nargs=argparse.REMAINDER, help="a stage's command")
    parsers[shards].add_argument("offer", help="a file in build/.offers")
    return parser


def _asked(options: argparse.Namespace) -> list[str]:
    """Return the names given, here or to make, which hands them on unread by any shell."""
    handed_on = os.environ.pop("EVALBOOK_STUDIES", "").split()
    return options.studies or handed_on


def make(options: argparse.Namespace) -> int:
    """Run what is out of date and publish it, for the Makefile."""
    from helpers.pipeline import freshness

    names = _asked(options)
    if (fresh := freshness.up_to_date_count(names)) is None:
        from helpers.pipeline import prefork

        prefork.keep_code()  # before the rest of it is imported
        from helpers.pipeline import conductor

        return conductor.make(names, ENTRY)
    print(f"{fresh} stages up to date")
    print(f"The index: {(paths.reports() / 'index.html').as_uri()}")
    return 0


def stage(options: argparse.Namespace) -> int:
    """Run one stage."""
    from helpers.pipeline.run import run

    return 0 if run(options.key, options.position) else 1


def remote(options: argparse.Namespace) -> int:
    """Run a stage's command on a node of the cluster that CLUSTER names."""
    raise UserError("remote: runs below `make CLUSTER=...` alone, which connects to the cluster")


def shards(options: argparse.Namespace) -> None:
    """Compute shards of what a stage on another node is computing."""
    from helpers.core import shards

    shards.help_with(Path(options.offer))


def kernel(options: argparse.Namespace) -> None:
    """Run the kernel of a notebook until its parent process ends."""
    sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]  # 0.1 s, and never attached
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


def why(options: argparse.Namespace) -> None:
    """Say why each stage is out of date."""
    from helpers.pipeline import status

    status.print_why(status.with_lessons(_asked(options)))


def check(options: argparse.Namespace) -> int:
    """Compare the numbers with each `expect`, of studies and of lessons that were run."""
    from helpers.pipeline import status

    lines = status.print_check(status.with_lessons(_asked(options)))
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

    names = _asked(options)
    if not names:
        raise UserError("items of which study? make items STUDY=name")
    for study in names:
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
    from helpers.pipeline import conductor

    conductor.publish(_asked(options))


def bench(options: argparse.Namespace) -> None:
    """Measure the speeds quoted in the README."""
    from helpers.pipeline import notebook_execution

    print(notebook_execution.findings("bench", {"with_peers": options.peers}), end="")


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


def clean(options: argparse.Namespace) -> None:
    """Remove everything built and rendered, unless a run goes on."""
    from helpers.pipeline import cleaning

    cleaning.clean()


def architecture(options: argparse.Namespace) -> None:
    """Draw docs/architecture.svg from the code."""
    from helpers.report import architecture

    print(paths.shown(architecture.save()))


def schema(options: argparse.Namespace) -> None:
    """Write the JSON Schemas of the records to docs/schema/."""
    from helpers.core.records import table

    print(*map(paths.shown, table.write_schemas()), sep="\n")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before or after a command
        sys.exit(130)
