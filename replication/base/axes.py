"""The names of the axes, used in every annotation of an array.

=============  ==========================================================================
axis           what it counts
=============  ==========================================================================
``layer``      blocks of the network; layer 0 is the output of the first block
``position``   tokens that the network read, in order, start token included
``token``      tokens that are looked at: those of a continuation, or the watched words
``candidate``  the best tokens of one layer, best first
``vocabulary`` every token the model knows
``width``      one hidden state
``neuron``     one feed-forward layer's activations
``head``       attention heads of one layer
``query``      positions that attend
``key``        positions attended to
=============  ==========================================================================

Annotations are jaxtyping's; the test suites switch their checking on (``tests/conftest.py``).
"""

from typing import Literal

import numpy as np
from jaxtyping import Float, Int

Norm = Literal["none", "final"]
"""How inner layers are read. ``"none"``: the hidden state goes straight to the unembedding, the
articles' method. ``"final"``: through the model's final norm first, the usual logit lens
(nostalgebraist 2020). The last layer is the model's own output under both."""

NORMS: tuple[Norm, ...] = ("none", "final")

Ranks = Int[np.ndarray, "layer token"]
Probabilities = Float[np.ndarray, "layer candidate"]
