"""Replication of two articles on the insides of language models, as checks that can fail.

One forward pass makes a ``Recording``; small functions turn recordings into results; questions ask
subjects for them; claims judge the answers, figures draw them::

    base < results < articles < models < measures < questions < judging < figures < pages < cli

What a notebook needs is here (``__init__.pyi`` lists it) and is imported when it is first used, so
that ``import replication`` stays light.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
