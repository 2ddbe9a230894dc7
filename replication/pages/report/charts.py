"""Small charts of a share along the layers, as coordinates for inline SVG."""

from dataclasses import dataclass

from replication.judging.comparisons import LayerProfile

WIDTH, HEIGHT = 640, 210
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 10, 40
MOST_MARKS = 12
"""Layers that are named below the axis."""


@dataclass(frozen=True)
class Mark:
    """A place on an axis, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A line with a band, in the units of an SVG of ``WIDTH`` by ``HEIGHT``."""

    line: str
    """Points, as ``polyline`` takes them."""
    band: str
    """Points, as ``polygon`` takes them: the upper edge to the right, the lower one back."""
    layers: tuple[Mark, ...]
    shares: tuple[Mark, ...]
    half: float
    """The height of one half."""
    rows: tuple[tuple[int, float, float, float], ...]
    """Layer, share, and the ends of its interval: the same as a table."""
    summary: str
    """What can be seen, in words."""

    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def chart(profile: LayerProfile) -> Chart:
    """The share after every layer, from 0 at the bottom to 1 at the top."""
    low, middle, high = profile.low, profile.estimate, profile.high
    count = len(middle)
    step = -(-count // MOST_MARKS)
    marked = [layer for layer in range(count) if layer % step == 0]
    return Chart(
        line=_points(middle, range(count)),
        band=f"{_points(high, range(count))} {_points(low, range(count)[::-1])}",
        layers=tuple(Mark(_across(layer, count), str(layer)) for layer in marked),
        shares=tuple(Mark(_up(share), f"{share:g}") for share in (0.0, 0.5, 1.0)),
        half=_up(0.5),
        rows=tuple(zip(range(count), middle, low, high, strict=True)),
        summary=_summary(middle),
    )


def _summary(shares: tuple[float, ...]) -> str:
    best, last = max(range(len(shares)), key=shares.__getitem__), len(shares) - 1
    return (
        f"Line of the share after each of {len(shares)} layers, with a band for its 95 % "
        f"interval: {shares[0]:.2f} after layer 0, {shares[best]:.2f} at its highest (layer "
        f"{best}), {shares[last]:.2f} after the last layer ({last})."
    )


def _points(shares: tuple[float, ...], layers: range) -> str:
    return " ".join(f"{_across(k, len(shares)):g},{_up(shares[k]):g}" for k in layers)


def _across(layer: int, count: int) -> float:
    return round(LEFT + layer * (WIDTH - LEFT - RIGHT) / max(count - 1, 1), 1)


def _up(share: float) -> float:
    return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)
