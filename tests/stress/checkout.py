"""A copy of the checkout with tiny studies, and make in it, whose processes can be told apart."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
from factories.repository import REPOSITORY

from helpers.core.records.table import RECORDS
from helpers.pipeline.stage import OUTPUTS

STUDY = """\
# One baseline.  Expect little.
task: image-classification
data: {source: digits-8x8, limit: 120, split: {folds: 1}}
candidates:
  - baseline: majority
evaluate: {resamples: 200}
"""
SECONDS, GRACE = 1200, 60  # at most, on a machine with others on it, for a run and for its end
MARK = "EVALBOOK_STRESS"


class Checkout:
    """A copy of the working tree; ``stubs`` are notebooks that only write their outputs."""

    def __init__(self, root: Path, studies: tuple[str, ...] = ("tiny",), stubs: bool = False):
        self.root, self.stubs, self.mark = root, stubs, uuid.uuid4().hex
        # a short path, so that kernels talk by files, as they do elsewhere
        self.temporary = Path(tempfile.mkdtemp(prefix="es-"))
        atexit.register(shutil.rmtree, self.temporary, ignore_errors=True)
        self.environment = {"EVALBOOK_CACHE": str(REPOSITORY / ".cache")}
        self.user: int | None = None  # who runs make, if another
        self.group: Path | None = None  # the list of a group of control that make joins
        for part in ("notebooks", "params/catalogue", "src"):
            hidden = shutil.ignore_patterns("__pycache__", "lessons")
            shutil.copytree(REPOSITORY / part, root / part, ignore=hidden)
        for part in ("Makefile", "pyproject.toml", "requirements.lock"):
            shutil.copy(REPOSITORY / part, root / part)
        for name in studies:
            (root / "params" / f"{name}.yaml").write_text(STUDY)
        if stubs:
            for stage in ("1-data", "2-train", "3-evaluate", "4-compare"):
                self._stub(stage)

    def _stub(self, stage: str) -> None:
        first = ["study = candidate = None"]
        write = "from helpers.core import files, paths\nfolder = paths.build(study, candidate)"
        for name in OUTPUTS[stage]:
            version = RECORDS[name].model_fields["version"].default if name in RECORDS else 1
            write += f"\nfiles.write_json(folder / {name!r}, {{'version': {version}}})"
        write += f"\nopen('ran', 'a').write(f'{{study}} {stage}\\n')"
        cells = [nbformat.v4.new_code_cell(source) for source in (*first, write)]
        cells[0].metadata["tags"] = ["parameters"]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        content = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
        nbformat.write(content, self.root / "notebooks" / f"{stage}.ipynb")

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start make in a session of its own."""
        dropped = ("EVALBOOK_", "MAKE", "PYTEST", "PYTHONDONTWRITEBYTECODE")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        environment |= {"TMPDIR": str(self.temporary), MARK: self.mark} | self.environment
        group = self.group
        return subprocess.Popen(
            ["make", "--no-print-directory", f"PYTHON={sys.executable}", *arguments],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            start_new_session=True,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            preexec_fn=group and (lambda: group.write_text(str(os.getpid())) and None),
        )

    def finish(self, running: "subprocess.Popen[str]") -> tuple[int | None, str]:
        """Wait for make: its exit code, None if it or what it started does not end; all it said."""
        try:
            said, _ = running.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.end()
            return None, running.communicate()[0]
        deadline = time.monotonic() + GRACE
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.end()
        return (None, f"{said}\nleft: {left}") if left else (running.returncode, said)

    def make(self, *arguments: str) -> tuple[int | None, str]:
        """Run make to its end."""
        return self.finish(self.start(*arguments))

    def processes(self) -> list[psutil.Process]:
        """List the processes that make started here, at whatever depth."""
        found = []
        for each in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if each.environ().get(MARK) == self.mark and each.status() != "zombie":
                    found.append(each)
        return found

    def end(self) -> None:
        """Kill what is left."""
        for each in self.processes():
            with suppress(psutil.Error):
                each.send_signal(signal.SIGKILL)

    def results(self) -> dict[str, bytes]:
        """Read what each run makes alike, by name: everything but times and costs."""
        found = {}
        for file in sorted((self.root / "build").rglob("*")):
            name = str(file.relative_to(self.root))
            if file.name in ("splits.parquet", "predictions.parquet"):
                found[name] = file.read_bytes()
            elif file.name == "metrics.json":
                facts = json.loads(file.read_text())
                found[name] = json.dumps(facts | {"cost": None}).encode()
            elif file.name == "leaderboard.json":
                rows = json.loads(file.read_text()).get("rows", [])
                found[name] = repr([(row["run"], row["value"]) for row in rows]).encode()
        return found

    def litter(self) -> list[Path]:
        """List what no run may leave: partial files, and anything in the temporary folder."""
        folders = [self.root / "build", self.root / "reports"]
        partial = [file for folder in folders for file in folder.rglob(".*partial*")]
        return [*partial, *self.temporary.iterdir()]
