"""Which packages some commands need and others do not: they are installed as extras."""

from importlib import import_module

NAME = "transformer-interfaces-replication"
MODULES = {
    "figures": ("PIL", "ipykernel", "jupytext", "matplotlib", "papermill"),
    "integrated": ("captum",),
    "report": ("altair", "bertviz", "pandas", "rocrate", "vl_convert"),
    "serve": ("starlette", "uvicorn"),
}
"""By extra, what is imported of it: what draws and runs notebooks; integrated gradients; what makes
interactive views and the report, which draw too; what answers on a page."""


def need(module: str) -> None:
    """Raise ``ModuleNotFoundError`` for what is not installed, before any work is done."""
    import_module(module)


def missing(error: ModuleNotFoundError) -> str | None:
    """The sentence for a package of an extra that is not installed; None for any other."""
    module = (error.name or "").partition(".")[0]
    extra = next((extra for extra, modules in MODULES.items() if module in modules), None)
    if extra is None:
        return None
    return f"{module} is not installed, which this needs: pip install '{NAME}[{extra}]'"
