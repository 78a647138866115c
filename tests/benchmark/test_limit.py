"""The machine's limit: every library multiplies, whatever the environment pins it to."""

from helpers.benchmark import limit


def test_a_pinned_library_is_measured_free(monkeypatch):
    monkeypatch.setattr(limit, "MEASURE", "import json, os; print(json.dumps(dict(os.environ)))")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("KEPT", "yes")
    found = limit.products()
    assert found["KEPT"] == "yes" and not {"OPENBLAS_CORETYPE", "OMP_NUM_THREADS"} & set(found)


def test_each_library_multiplies(monkeypatch, capsys):
    monkeypatch.setattr(limit, "SIDE", 256)
    limit.measure()
    assert {*limit.json.loads(capsys.readouterr().out)} == {"NumPy", "TensorFlow", "OpenVINO"}
