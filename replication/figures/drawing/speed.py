"""Drawing how time and memory grow with what is read."""

from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from replication.figures.drawing.cells import TEXT
from replication.figures.drawing.page import page
from replication.figures.drawing.panels import WHOLE, Panel
from replication.figures.drawing.sparklines import factor_colour
from replication.results.speed import Table

COLOURS = (4, 5)  # of the factors' colours, those that a line can be seen in
HEIGHT, WIDTH = 1.5, WHOLE / 4 - 0.3  # inches
QUANTITIES = {"seconds": "seconds", "above": "MB above the network"}


def growth_page(table: Table) -> Figure:
    """Medians along what varies: seconds above, memory below, a line for each route."""
    varied = dict.fromkeys(point.split()[0] for point in table.points)
    lines = [
        [Panel(partial(_draw, table, name, quantity), HEIGHT, WIDTH) for name in varied]
        for quantity in QUANTITIES
    ]
    note = f"{table.asked}; all else as in {table.shape}. Medians of runs."
    return page(table.title, lines, note)


def _draw(table: Table, name: str, quantity: str, ax: Axes) -> None:
    points = [point for point in table.points if point.startswith(f"{name} ")]
    values = [int(point.split()[1]) for point in points]
    for number, row in enumerate(table.rows):
        taken = [row.seconds(one) if quantity == "seconds" else row.above(one) for one in points]
        colour = factor_colour(COLOURS[number % len(COLOURS)])
        heights = [float("nan") if one is None else one for one in taken]
        ax.plot(values, heights, "o-", color=colour, linewidth=1.2, markersize=3, label=row.route)
    ax.set(xlim=(0, None), ylim=(0, None))
    ax.set_xlabel(name, fontsize=TEXT)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.xaxis.set_major_formatter("{x:,g}")
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.tick_params(labelsize=TEXT)
    ax.spines[["top", "right"]].set_visible(False)
    if name == "layers":
        ax.set_ylabel(QUANTITIES[quantity], fontsize=TEXT)
        if quantity == "seconds":
            ax.legend(fontsize=TEXT, frameon=False, loc="upper left")
