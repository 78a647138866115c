"""Progress: written for the pipeline, at most twice a second."""

from helpers.core import progress


def test_a_listener_gets_how_many_items_are_done(tmp_path, monkeypatch):
    listener = tmp_path / "listener"
    monkeypatch.setenv("EVALBOOK_PROGRESS", str(listener))
    monkeypatch.setattr(progress, "INTERVAL", 0)
    seen = [listener.read_text() for _ in progress.track(range(1200), "features")]
    assert seen[0] == "features 0/1,200" and seen[-1] == "features 1,199/1,200"
    assert listener.read_text() == ""
    assert [*progress.track(iter("ab"), "items")] == ["a", "b"]
