"""Watching the modules of a network while it reads."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle


@contextmanager
def hooked(
    modules: Sequence[nn.Module], see: Callable[[int, Any], None], *, before: bool = False
) -> Iterator[None]:
    """Call ``see(index, output)`` whenever one of the modules returns, inside the context.

    With ``before``: ``see(index, input)`` whenever one of them is called.
    """

    def hook(index: int, module: nn.Module) -> RemovableHandle:
        if before:
            return module.register_forward_pre_hook(lambda _, inputs: see(index, inputs[0]))
        return module.register_forward_hook(lambda _module, _inputs, output: see(index, output))

    handles = [hook(index, module) for index, module in enumerate(modules)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def hidden_state(output: Any) -> Tensor:
    """A block's hidden state; some architectures return it alone, some in a tuple."""
    return output[0] if isinstance(output, tuple) else output
