"""How a figure is shown."""

import numpy as np
import pandas as pd
from factories.notebook_output import displayed

from helpers.report import figures


def test_a_chart_is_svg_and_images_are_png():
    chart = figures.bar_chart(pd.DataFrame({"name": ["a"], "value": [3]}), "a unit")
    images = figures.image_grid([np.zeros((12, 20, 3), np.uint8)], ["black"])
    assert "image/svg+xml" in displayed(lambda: figures.show(chart, ""))[0]
    assert "image/png" in displayed(lambda: figures.show(images, ""))[0]
