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


def test_files_beside_a_table_at_the_root_are_watched(repository):
    """All folders that are not the repository's own may hold what the table names."""
    (repository / "a.csv").write_text("path,label\nphotos/1.png,a\n")
    for name in ("photos", "build", ".cache"):
        (repository / name).mkdir()
    photo = repository / "photos/1.png"
    photo.write_bytes(b"1")
    source = {"table": {"file": "a.csv"}}
    assert external_inputs.own_data(source) == [repository / "a.csv", repository / "photos"]
    before = external_inputs.of_source(source)
    photo.write_bytes(b"2")
    assert external_inputs.of_source(source) != before
