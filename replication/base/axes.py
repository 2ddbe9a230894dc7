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

import numpy as np
from jaxtyping import Float, Int

Ranks = Int[np.ndarray, "layer token"]
Probabilities = Float[np.ndarray, "layer candidate"]
