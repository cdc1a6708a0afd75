"""Explorers for JupyterLab: change a choice, and see what moves.

A page moves nothing, so each explorer stands beside a static twin, and the function that it calls works without it.
"""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets
from IPython.display import display


def explorer(draw: Callable[..., str], **choices) -> widgets.VBox:
    """Controls above a result that follows them.

    draw: called with one keyword argument a control; returns HTML (a chart as SVG, a table, a sentence).
    choices: name -> a list of options (a drop-down; pairs (label, value) allowed), a tuple of two years (a range),
    or a bool (a tick box).
    """
    controls = {name: _control(name, choice) for name, choice in choices.items()}
    result = widgets.HTML()

    def update(_=None):
        result.value = draw(**{name: control.value for name, control in controls.items()})

    for control in controls.values():
        control.observe(update, names="value")
    update()
    return widgets.VBox([*controls.values(), result])


def _control(name: str, choice) -> widgets.Widget:
    options = {"description": name.replace("_", " "), "style": {"description_width": "9em"},
               "layout": widgets.Layout(width="28em")}
    if isinstance(choice, bool):
        return widgets.Checkbox(value=choice, **options)
    if isinstance(choice, tuple):
        return widgets.IntRangeSlider(value=choice, min=choice[0], max=choice[1], continuous_update=False, **options)
    return widgets.Dropdown(options=choice, **options)


def svg_of(ax) -> str:
    """The figure of an Axes as SVG text; the figure is closed, so that it is not shown a second time."""
    import io

    import matplotlib.pyplot as plt

    buffer = io.StringIO()
    ax.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(ax.figure)
    return buffer.getvalue()


def show(box: widgets.VBox) -> None:
    """Display an explorer where a kernel is live. In a built page the twin below it stands in its place."""
    display(box)
