"""Whether the weights of the models that a run asks can be had."""

from replication.models import weights
from replication.models.registry import find


class Reach:
    """The weights of some models, each of which is tried once."""

    def __init__(self) -> None:
        self.out_of_reach: dict[str, str] = {}
        """Why the weights of some models cannot be had."""
        self._fetched: set[str] = set()

    def fetch(self, name: str) -> None:
        """Have a model's weights ready; ``WeightsError`` where they cannot be had."""
        if name in self.out_of_reach:
            raise weights.WeightsError(self.out_of_reach[name])
        if name in self._fetched:
            return
        try:
            weights.fetch(find(name)[0])
            self._fetched.add(name)
        except weights.WeightsError as error:
            self.out_of_reach[name] = str(error)
            raise
