"""D2: what a source noticed while reading, besides the items."""

from helpers.data.checks.registry import check, noticed

check("D207", "Files outside the classes or splits", "warning")(noticed("D207"))
check("D208", "Leftovers of programs", "note")(noticed("D208"))
check("D209", "Links to nothing and closed folders", "warning")(noticed("D209"))
