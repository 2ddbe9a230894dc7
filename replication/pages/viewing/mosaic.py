"""The weights of every head as one small picture, of which a view shows parts."""

import zlib
from base64 import b64encode
from struct import pack

import numpy as np
from jaxtyping import Float, UInt8
from markupsafe import Markup

from replication.pages.viewing.heat import POSITIVE

LEVELS = 16
"""Of opacity: four bits for each weight."""
SMALL, LARGE = 30, 20
"""Pixels of a head in the mosaic, and of a weight of the one that is pointed at."""


def picture(weights: Float[np.ndarray, "layer head query key"]) -> str:
    """All heads as the address of a PNG: a dot for each weight, the more opaque the greater.

    A row of heads for each layer. Small weights are seen too: opacity goes with the root.
    """
    layers, _, count, _ = weights.shape
    dots = np.sqrt(np.clip(weights, 0, 1)).transpose(0, 2, 1, 3)
    levels = (dots * (LEVELS - 1)).round().astype(np.uint8)
    return f"data:image/png;base64,{b64encode(_png(levels.reshape(layers * count, -1))).decode()}"


def rules(id: str, weights: Float[np.ndarray, "layer head query key"]) -> Markup:
    """Show each head in its cell, and the one that is pointed at large: the first while none is."""
    layers, heads, count, _ = weights.shape
    return Markup("\n").join(
        [
            Markup(f"#{id}{{--all:url({picture(weights)})}}"),
            _part(f"#{id} .mosaic td", SMALL, layers, heads),
            _part(f"#{id} .place", count * LARGE, layers, heads),
            *(
                Markup(f"#{id}:has(.mosaic tr:nth-child({layer + 1}) td:hover){{--v:{layer}}}")
                for layer in range(layers)
            ),
            *(
                Markup(f"#{id}:has(.mosaic td:nth-child({head + 2}):hover){{--h:{head}}}")
                for head in range(heads)
            ),
        ]
    )


def _part(where: str, side: int, layers: int, heads: int) -> Markup:
    """A square that shows one head of the picture."""
    return Markup(
        f"{where}{{width:{side}px;height:{side}px;min-width:{side}px;padding:0;background:"
        f"var(--all) calc(var(--h,0)*-{side}px) calc(var(--v,0)*-{side}px)/"
        f"{heads * side}px {layers * side}px!important}}"
    )


def _png(levels: UInt8[np.ndarray, "row column"]) -> bytes:
    """A PNG of one colour, whose opacity is the level: 0 to 15."""
    rows, columns = levels.shape
    even = np.pad(levels, ((0, 0), (0, columns % 2)))
    packed = (even[:, ::2] << 4 | even[:, 1::2]).astype(np.uint8)
    lines = np.pad(packed, ((0, 0), (1, 0))).tobytes()  # each begins with its filter: none
    colour = bytes(17 * int(digit, 16) for digit in POSITIVE[1:])
    opacity = bytes(round(255 * level / (LEVELS - 1)) for level in range(LEVELS))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in (
            (b"IHDR", pack(">IIBBBBB", columns, rows, 4, 3, 0, 0, 0)),
            (b"PLTE", colour * LEVELS),
            (b"tRNS", opacity),
            (b"IDAT", zlib.compress(lines, 9)),
            (b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))
