"""Replication of two articles on the insides of language models, as checks that can fail.

The package is a set of small modules; data flows one way through them::

    articles, weights -> models -> record -> lens -> subjects -> findings, plots -> figures, report

``import replication`` is cheap: torch, transformers and matplotlib are imported by the modules
that use them.
"""

__version__ = "0.1.0"
