"""Speech recognition as a study: heard once, judged by words, compared on the same utterances."""
