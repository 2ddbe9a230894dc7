"""Records: what is written to JSON files, checked when it is read."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """What is written down: nothing unforeseen in it, and nothing to be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
