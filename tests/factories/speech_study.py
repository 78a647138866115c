"""A study of made recordings, and recognisers that err as they are told."""

from factories.records import training_record
from factories.speech import made_recordings
from helpers.core import files, paths
from helpers.data import dataset, preparation
from helpers.evaluation import speech_recognition
from helpers.metrics.statistics.bootstrap import Resampling

SOURCE = {"table": {"file": "clips/manifest.csv", "transcript": "transcript"}}


def speech_study(repository):
    """Prepare a study of 90 made recordings by 9 voices."""
    made_recordings(repository / "clips", 90, speakers=9)
    split = {"test": 0.6, "validation": 0.1}
    prepared = preparation.prepare(SOURCE, split, "speech-recognition")
    preparation.save("made", prepared, SOURCE, split)
    return dataset.open("made")


def written(data, candidate, say, adaptation="zeroshot"):
    """Write transcripts without listening: ``say`` turns a reference and its number into one."""
    test = data.frame[data.frame["split"] == "test"]
    table = test[["id", "split", "reference"]].copy()
    table["hypothesis"] = [say(text, number) for number, text in enumerate(table["reference"])]
    folder = paths.build("made", candidate)
    files.write_parquet(folder / "predictions.parquet", table)
    training_record("made", candidate, adaptation=adaptation).write("made", candidate)
    result = speech_recognition.evaluate("made", candidate, resampling=Resampling(300, 42))
    speech_recognition.save(result)
    return result


def good(text, number):
    return text.replace("please", "peas") if number % 7 == 0 else text


def bad(text, number):
    return text.replace("Number", "umber") if text else "thank you"
