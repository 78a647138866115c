"""Count in made-up worlds how often intervals, tests and promises are kept."""
