"""The user's own files and folders that a study reads."""

from helpers.pipeline import external_inputs


def test_own_files_and_folders_are_found_by_source_and_model(repository, tmp_path):
    own = tmp_path / "own@home"
    own.mkdir()
    for name in ("a.csv", "predictions.csv"):
        (own / name).write_text("path,label\n")
    source = {"table": {"file": str(own / "a.csv")}}
    assert external_inputs.own_data(source) == [own / "a.csv", own]
    assert external_inputs.own_data("digits-8x8") == []
    predictions = own / "predictions.csv"
    assert external_inputs.own_model(f"predictions:{predictions}") == predictions
    assert external_inputs.own_model("hf:no-such-folder") is None
