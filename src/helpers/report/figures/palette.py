"""The colours of all figures."""

INK, QUIET, LINE = "#1d2329", "#5b6570", "#d9dee3"
# from the colour-blind safe palette of Okabe and Ito (2008)
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#8a939c"
