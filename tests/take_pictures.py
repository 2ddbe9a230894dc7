"""Take the pictures of the attention views in the report: ``python tests/take_pictures.py``.

They show what the pages of the default model look like after a hand has been at them.
"""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from browser import Opened, opened
from PIL import Image

from replication.models.registry import DEFAULT_MODEL
from replication.pages import exploring

FOLDER = Path(exploring.__file__).parents[1] / "data" / "pictures"


def point(page: Opened, id: str) -> None:
    """Do in a view what it is there for."""
    match id:
        case "attention_head":
            page.hover("#left text", 8)
        case "attention_model":
            page.do(lambda page: page.locator(".attn_background").nth(130).click(force=True))
        case "attention_neuron":
            page.hover("#collapsed #leftText .token", 8)


def main() -> None:
    """Make the pages, open them, take their pictures."""
    with TemporaryDirectory() as folder:
        for path in exploring.make(list(exploring.ATTENTION), DEFAULT_MODEL, Path(folder)):
            with opened(path, width=1000, height=900) as page:
                point(page, path.stem)
                shot = Path(folder) / f"{path.stem}.png"
                page.screenshot(shot)
            picture, small = Image.open(shot).convert("RGB"), BytesIO()
            picture.thumbnail((1000, 1000))
            picture.quantize(32, dither=Image.Dither.NONE).save(small, "png", optimize=True)
            FOLDER.mkdir(exist_ok=True)
            (FOLDER / shot.name).write_bytes(small.getvalue())


if __name__ == "__main__":
    main()
