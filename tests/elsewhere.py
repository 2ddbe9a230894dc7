"""A device that computes on the processor and keeps its tensors apart from the processor's.

What mixes both fails here as it would on a GPU, and so it is seen on any machine whether all that a
network is given is put where its weights are, and all that comes of it is brought back. A tensor of
this device holds one of the processor's, to which every operation is handed on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map_only

NAME, WITHIN = "xla", "lazy"
"""What the device is called, and within torch: types that torch knows, that nothing here uses, and
of which the second lets gradients be taken without hardware, the first be asked for autocast."""
CROSSING = {"copy_", "_to_copy"}
"""Operations that bring tensors from one device to another."""
PLACES = {"index", "index_put", "index_put_", "_index_put_impl_"}
"""Operations whose second argument, the places, may be on the processor."""


class Elsewhere(Tensor):
    """A tensor on the device."""

    held: Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, held: Tensor) -> "Elsewhere":
        with torch.inference_mode(held.is_inference()):
            made = Tensor._make_wrapper_subclass(  # type: ignore[attr-defined]
                cls,
                held.shape,
                strides=held.stride(),
                storage_offset=held.storage_offset(),
                dtype=held.dtype,
                device=torch.device(WITHIN, 0),
            )
        made.held = held
        return made

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return torch.device(NAME, 0)

    def tolist(self) -> Any:
        """As of any device; torch has it for its own tensors alone."""
        return self.held.tolist()

    @classmethod
    def __torch_dispatch__(
        cls, function: Any, _types: Any, args: Any = (), named: Any = None
    ) -> Any:
        return _run(function, *args, **(named or {}))


class _Making(TorchDispatchMode):
    """Has tensors made on the device, which no tensor is given to."""

    def __torch_dispatch__(
        self, function: Any, _types: Any, args: Any = (), named: Any = None
    ) -> Any:
        return _run(function, *args, **(named or {}))


def _run(function: Any, *args: Any, **named: Any) -> Any:
    """An operation on what tensors hold; it fails where they are on two devices."""
    name = function._schema.name.removeprefix("aten::")
    together = [args[0], args[2:]] if name in PLACES else [args, named]
    tensors = [one for one in tree_leaves(together) if isinstance(one, Tensor)]
    there = [one for one in tensors if isinstance(one, Elsewhere)]
    # A single number of the processor's may be taken by any device.
    apart = [one for one in tensors if not isinstance(one, Elsewhere) and one.ndim]
    if there and apart and name not in CROSSING:
        raise RuntimeError(f"{name}: tensors of {NAME} and of the processor")
    wanted = named.get("device")
    made = bool(there) if wanted is None else torch.device(wanted).type in (NAME, WITHIN)
    if wanted is not None:
        named = {**named, "device": torch.device("cpu"), "pin_memory": None}
        named = {key: value for key, value in named.items() if value is not None}
    found = function(
        *tree_map_only(Elsewhere, lambda one: one.held, args),
        **tree_map_only(Elsewhere, lambda one: one.held, named),
    )
    if function._schema.is_mutable:
        return named.get("out", args[0])
    return tree_map_only(Tensor, Elsewhere, found) if made else found


@cache
def _registered() -> torch.library.Library:
    """The device, once for this process; it is there as long as what is returned."""
    library = torch.library.Library("aten", "IMPL")
    # What ``torch.tensor`` does of its own, past Python: it makes room, and copies into it.
    empty, strided = torch.ops.aten.empty.memory_format, torch.ops.aten.empty_strided.default
    library.impl("empty.memory_format", partial(_run, empty), "XLA")
    library.impl("empty_strided", partial(_run, strided), "XLA")
    library.impl("_copy_from", _copy, "Lazy")
    return library


def _copy(source: Tensor, target: Any, _non_blocking: bool = False) -> Any:
    target.held.copy_(source)
    return target


@contextmanager
def elsewhere() -> Iterator[torch.device]:
    """The device, on which tensors can be made inside."""
    _registered()
    with _Making():
        yield torch.device(NAME, 0)
