"""What can be wrong with a model, with its files, or with a text that it is to read."""


class ModelError(ValueError):
    """A network that is not what the table says, or a text that a model cannot take."""


class SeveralTokens(ModelError):
    """A word that should be one token and is several."""


class WeightsError(RuntimeError):
    """A model's files are missing, wrong or out of reach; says what to do, in one sentence."""
