"""The JSON files of build/, a typed model with a version each; a stage imports those it reads."""
