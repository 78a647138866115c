"""What a notebook cell would display, without a notebook."""

from collections.abc import Callable
from unittest import mock


def displayed(show: Callable[[], object]) -> tuple[dict, dict | None]:
    """Return the data and the metadata that one call displays."""
    with mock.patch("IPython.display.display") as display:
        show()
    [(data,), options] = display.call_args
    return data, options.get("metadata")


def displayed_html(show: Callable[[], object]) -> str:
    """Return the HTML that one call displays."""
    return displayed(show)[0]["text/html"]
