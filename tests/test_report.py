"""The verdict table and the report, from findings made here."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from replication import report, verdicts
from replication.environment import environment
from replication.figures import FIGURES, FORMATS
from replication.findings import (
    ChanceFinding,
    ChanceRate,
    Finding,
    Findings,
    Part,
    at_most,
    claim,
    judge,
)
from replication.subjects import Published, View

HOSTILE = '<script>alert("1")</script> & \' | $x$ \u202eabc'


def finding(id: str, measured: int, subject: str = "published", norm: str = "none") -> Finding:
    @claim(id, ("ranks", "ranks_ones"))
    def check(view: View) -> Iterator[Part]:
        """What is claimed."""
        yield at_most("first", 0, 1, "ranks")
        yield at_most(HOSTILE, measured, 1, "ranks")

    return judge(check, View(Published(), "none")).model_copy(
        update={"subject": subject, "norm": norm}
    )


@pytest.fixture
def findings() -> Findings:
    rates = {"X-01": 10, "X-02": 0}
    return Findings(
        environment=environment(),
        complete=True,
        findings=(
            finding("X-01", 1),
            finding("X-02", 5).model_copy(update={"known_negative": f"because {HOSTILE}"}),
            finding("X-01", 1, "smollm2", "none"),
            finding("X-01", 2, "smollm2", "final"),
            finding("X-02", 1, "smollm2", "either"),
        ),
        controls=tuple(
            ChanceFinding(
                claim=id,
                model="smollm2",
                norm="none",
                seeds=tuple(range(10)),
                chance=ChanceRate(holds=holds, not_testable=0, controls=10),
                definitional=False,
            )
            for id, holds in rates.items()
        ),
    )


def test_the_table_has_a_column_per_subject_and_norm(findings: Findings) -> None:
    titles = [column.title for column in verdicts.columns_of(findings)]
    assert titles == [
        "published", "smollm2, none", "smollm2, final", "controls of smollm2, none",
    ]  # fmt: skip
    cells = {row.claim: [*map(verdicts.symbol, row.cells)] for row in verdicts.rows_of(findings)}
    assert cells == {
        "X-01": ["✓", "✓", "~", "10/10"],
        "X-02": ["~", "✓", "✓", "0/10"],  # the same under both norms
    }


def test_the_table_as_text_and_as_markdown(findings: Findings) -> None:
    text, markdown = verdicts.as_text(findings), verdicts.as_markdown(findings)
    assert "| X-01 | What is claimed. | ✓ | ✓ | ~ | 10/10 |" in markdown
    for word in ("X-01", "X-02", "10/10", verdicts.LEGEND):
        assert word in text
        assert word in markdown


def test_the_table_is_put_between_its_marks(tmp_path: Path) -> None:
    first, second = verdicts.MARKS
    text = f"before\n{first}\nold\n{second}\nafter"
    put = verdicts.put("new\n", text, tmp_path)
    assert put == f"before\n{first}\n\nnew\n\n{second}\nafter"
    assert verdicts.put("new\n", put, tmp_path) == put
    with pytest.raises(ValueError, match="has no lines <!-- verdicts -->"):
        verdicts.put("new\n", "no marks", tmp_path)


def test_tables_agree_up_to_controls_on_the_edge() -> None:
    table = "| X-01 | says | ✓ | 5/10 |\n| X-02 | says | ✗ | 10/10 |"
    assert verdicts.agree(table, table)
    assert verdicts.agree(table, table.replace("5/10", "7/10"))
    assert not verdicts.agree(table, table.replace("5/10", "8/10"))
    assert not verdicts.agree(table, table.replace("✗", "~"))
    assert not verdicts.agree(table, table + "\n| X-03 | says | ✓ | 0/10 |")


class Elements(HTMLParser):
    """The elements of a page, with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_is_whole_and_needs_no_network(findings: Findings, tmp_path: Path) -> None:
    claims, figures, out = (tmp_path / name for name in ("claims.json", "figures", "report"))
    claims.write_text(findings.model_dump_json())
    (figures / "smollm2").mkdir(parents=True)
    for ending in FORMATS:
        (figures / "smollm2" / f"heathrow{ending}").write_bytes(b"drawn")
    told = report.make(claims, figures, out)
    assert verdicts.as_text(findings) in told
    page = Elements((out / "index.html").read_text("utf-8"))
    links = {a.get("href") or "" for tag, a in page.found if tag == "a"}
    sources = {a["src"] for tag, a in page.found if "src" in a}
    ids = {a["id"] for _, a in page.found if "id" in a}
    assert sources == {"figures/smollm2/heathrow.png"}
    # Only plain links lead outside; everything inside is there.
    assert not {tag for tag, _ in page.found} & {"script", "iframe", "link"}
    for link in links:
        if link.startswith("#"):
            assert link[1:] in ids or link[1:] in FIGURES["heathrow"].claims
        elif not link.startswith("https://jalammar.github.io/"):
            assert (out / link).read_bytes() == b"drawn"
    assert all(a.get("alt") for tag, a in page.found if tag == "img")


def test_what_does_not_hold_comes_first_and_text_stays_text(findings: Findings) -> None:
    page = report.render(findings, [])
    assert "<script" not in page
    text = Elements(page).text
    assert f"because {HOSTILE}" in text
    assert f"{HOSTILE}: 5 ≰ 1" in text
    assert (
        text.index("does not hold") < text.index("Verdicts", 200) < text.index("Environment", 400)
    )
    negatives = text[text.index("findings do not hold") : text.index("Norm none is")]
    assert "X-01" in negatives  # partially, and on most controls
    assert "holds on 10 of 10" in negatives
    assert "holds on 0 of 10" not in negatives


def test_findings_that_are_not_findings_are_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "claims.json"
    wrong.write_text('{"findings": []}')
    with pytest.raises(ValueError, match="environment"):
        report.make(wrong, tmp_path, tmp_path / "report")
    with pytest.raises(ValueError, match=r"run `pytest claims/` first"):
        report.make(tmp_path / "none.json", tmp_path, tmp_path / "report")
    assert not (tmp_path / "report").exists()
