"""What several tests share: a small repository of their own to write into."""

import os
import shutil
import sys

import pytest
from factories.repository import REPOSITORY

from helpers.core import paths

sys.modules.setdefault("triton", None)  # the LLVM of PyTorch's compiler aborts beside TensorFlow's
# what hundreds of child processes import is compiled once
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
ARCHIVES = paths.cache("archives")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Give an empty repository with the real catalogue, and make it the one in force."""
    root = tmp_path / "repository"
    (root / "notebooks").mkdir(parents=True)
    shutil.copytree(REPOSITORY / "params" / "catalogue", root / "params" / "catalogue")
    monkeypatch.setenv("EVALBOOK_ROOT", str(root))
    monkeypatch.delenv("EVALBOOK_CACHE", raising=False)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def archives(repository):
    """Let a repository of its own find the archives that were fetched before."""
    paths.cache().mkdir(parents=True)
    ARCHIVES.mkdir(parents=True, exist_ok=True)
    paths.cache("archives").symlink_to(ARCHIVES)
    return repository
