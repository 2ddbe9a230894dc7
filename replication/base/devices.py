"""Where networks compute: on the processor, or on a GPU that torch can use.

One setting, ``$REPLICATE_DEVICE``, which ``--device`` sets: the processes and notebooks that a
command starts find it too.
"""

import os

VARIABLE = "REPLICATE_DEVICE"
DEFAULT = "cpu"
DEVICES = (DEFAULT, "cuda")


def chosen() -> str:
    """The device that is set, by default the processor; ``ValueError`` unless it is here."""
    return checked(os.environ.get(VARIABLE) or DEFAULT)


def use(name: str) -> str:
    """Set the device, once it is known to be here; its name. ``ValueError`` where it is not."""
    os.environ[VARIABLE] = checked(name)
    return name


def checked(name: str) -> str:
    """The name; ``ValueError`` unless such a device is here."""
    fault = "" if name in DEVICES else "no such name"
    if name == "cuda":
        import torch

        if torch.version.cuda is None:
            fault = f"torch {torch.__version__} is built without CUDA"
        elif not torch.cuda.is_available():
            fault = f"torch {torch.__version__} finds no GPU"
    if fault:
        raise ValueError(f"no device {name!r} here ({fault}): expected {' or '.join(DEVICES)}")
    return name


def described() -> str:
    """The device that is set, a GPU with its own name."""
    if chosen() == DEFAULT:
        return DEFAULT
    import torch

    return f"cuda, {torch.cuda.get_device_name()}"
