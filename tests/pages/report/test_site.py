"""The verdict table and the report's files, from findings made by hand."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_findings import HOSTILE, made_findings, make_site, own_findings

from replication.figures.table import FORMATS
from replication.judging import verdicts
from replication.judging.findings import Findings
from replication.judging.rates import NullRate
from replication.judging.rules import MEANING
from replication.models.nulls import KINDS, MADE_BY
from replication.pages.report.pages import number
from replication.pages.report.site import make


@pytest.fixture
def findings() -> Findings:
    return made_findings()


def test_the_table_has_a_column_per_subject_and_norm(findings: Findings) -> None:
    titles = [column.title for column in verdicts.columns_of(findings)]
    assert titles == [
        "published: consistent?", "SmolLM2, none: generalises?", "SmolLM2, final: generalises?",
        "Gemma-3, final, no nulls: generalises?", "nulls of SmolLM2, none",
    ]  # fmt: skip
    cells = {row.claim.id: [*map(verdicts.symbol, row.cells)] for row in verdicts.rows_of(findings)}
    assert cells == {
        "EX-09": ["", "–", "", "", ""],
        "EX-20": ["", "=", "=", "", ""],  # the same under both norms
        "HS-04": ["~", "✓", "✓", "", "none"],
        "HS-06": ["✓", "○", "~", "", "untrained 10/10"],
        "HS-06-many": ["", "✗", "✓", "✗", ""],
    }


def test_the_table_as_text_and_as_markdown(findings: Findings) -> None:
    text, markdown = verdicts.as_text(findings), verdicts.as_markdown(findings)
    assert "| HS-06 | What is claimed. | ✓ | ○ | ~ |  | untrained 10/10 |" in markdown
    for word in ("HS-06", "HS-04", "untrained 10/10", verdicts.LEGEND):
        assert word in text
        assert word in markdown


def test_a_cell_of_rates_names_the_kinds_that_are_not_beaten_everywhere() -> None:
    fresh = NullRate(kind="untrained", holds=0, not_testable=0, draws=10)
    some = NullRate(kind="permuted", holds=1, not_testable=1, draws=3)
    silent = NullRate(kind="random-blocks", holds=0, not_testable=3, draws=3)
    unasked = NullRate(kind="his-word", holds=0, not_testable=1, draws=1)
    assert verdicts.told((fresh, some, silent, unasked)) == "permuted 1/2, random-blocks –"
    assert verdicts.told((fresh, silent)) == "none, random-blocks –"
    assert verdicts.told((silent, unasked)) == "–"  # never 0/3


def test_the_table_is_put_between_its_marks(tmp_path: Path) -> None:
    first, second = verdicts.MARKS
    text = f"before\n{first}\nold\n{second}\nafter"
    put = verdicts.put("new\n", text, tmp_path)
    assert put == f"before\n{first}\n\nnew\n\n{second}\nafter"
    assert verdicts.put("new\n", put, tmp_path) == put
    with pytest.raises(ValueError, match="has no lines <!-- verdicts -->"):
        verdicts.put("new\n", "no marks", tmp_path)


def test_tables_agree_up_to_controls_on_the_edge() -> None:
    table = "| X-01 | says | ✓ | untrained 5/10 |\n| X-02 | says | ✗ | none, permuted – |"
    assert verdicts.agree(table, table)
    assert verdicts.agree(table, table.replace("5/10", "7/10"))
    assert verdicts.agree(table, table.replace("5/10", "5/10, permuted 1/3"))
    assert verdicts.agree(table, table.replace("none", "untrained 2/10"))
    assert not verdicts.agree(table, table.replace("5/10", "8/10"))
    assert not verdicts.agree(table, table.replace("5/10", "5/10, permuted 2/3"))
    assert not verdicts.agree(table, table.replace("none", "untrained 3/10"))
    assert not verdicts.agree(table, table.replace(", permuted –", ""))
    assert not verdicts.agree(table, table.replace("✗", "~"))
    assert not verdicts.agree(table, table + "\n| X-03 | says | ✓ | none |")


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

    def values(self, name: str, tag: str = "") -> list[str]:
        """What an attribute has in all elements, or in those of one tag."""
        return [str(a[name]) for found, a in self.found if name in a and (not tag or found == tag)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Elements]:
    """The report's own pages by address; those taken in are not its own."""
    return {
        str(path.relative_to(site)): Elements(path.read_text("utf-8"))
        for path in site.rglob("*.html")
        if path.parent.name != "explore"
    }


def test_there_is_a_page_for_each_claim_and_each_purpose(pages: dict[str, Elements]) -> None:
    assert set(pages) == {
        *(f"{name}.html" for name in ("index", "slips", "figures", "models", "explore", "numbers")),
        *("fresh.html", "speed.html"),
        *(f"claims/{id}.html" for id in ("HS-06", "HS-06-many", "HS-04", "EX-09", "EX-20")),
    }


def test_everything_inside_is_there_and_nothing_is_loaded_from_outside(
    pages: dict[str, Elements], site: Path
) -> None:
    for address, page in pages.items():
        loaded = [*page.values("src"), *page.values("href", "link")]
        assert loaded
        assert not [source for source in loaded if ":" in source], address
        for link in [*loaded, *page.values("href", "a")]:
            if link.startswith("https://"):
                continue
            name, _, anchor = link.partition("#")
            target = (site / address).parent / name if name else site / address
            assert target.is_file(), f"{address} -> {link}"
            if anchor:
                ids = pages[str(target.resolve().relative_to(site.resolve()))].values("id")
                assert anchor in ids, f"{address} -> {link}"


def test_every_page_can_be_read_by_all(pages: dict[str, Elements]) -> None:
    for address, page in pages.items():
        ids = page.values("id")
        assert len(ids) == len(set(ids)), address
        assert all(page.values("alt", "img"))
        assert len(page.values("alt", "img")) == len(page.values("src", "img"))
        assert set(page.values("loading")) <= {"lazy"}
        labelled = page.values("aria-labelledby")
        assert set(labelled) <= set(ids), address
        assert [tag for tag, _ in page.found].count("h1") == 1
        assert [tag for tag, _ in page.found].count("main") == 1


def test_text_stays_text(pages: dict[str, Elements], site: Path) -> None:
    for address, page in pages.items():
        scripts = [a for tag, a in page.found if tag == "script"]
        assert [set(script) - {"defer"} for script in scripts] == [{"src"}, {"src"}], address
        assert "alert(" not in "".join(page.values("title", "p"))
    assert f"because {HOSTILE}" in pages["claims/HS-04.html"].text
    assert HOSTILE in pages["claims/HS-04.html"].text
    assert f"not here: {HOSTILE}" in pages["models.html"].text
    assert f"About {HOSTILE}" in pages["explore.html"].text
    assert f"Ranks {HOSTILE}" in pages["numbers.html"].text
    assert f"Ranks {HOSTILE}" in pages["explore.html"].text


def test_what_does_not_hold_comes_before_the_table(pages: dict[str, Elements]) -> None:
    text = re.sub(r"\s+", " ", pages["index.html"].text)
    text = text[text.index("claims, each a check that can fail") :]
    order = (
        "What does not hold",
        "Nulls show it too",
        "All verdicts",
        "What the words",
    )
    assert [*map(text.index, order)] == sorted(map(text.index, order))
    failed = text[text.index(order[0]) : text.index(order[1])]
    assert "2 of the claims do not hold" in failed
    assert "HS-06-many" in failed
    assert "HS-04" not in failed  # only the published numbers fail it
    assert "HS-06 on SmolLM2, norm none: untrained 10/10, permuted 1/2." in text
    assert "Of the 3 findings over many texts 1 hold, by their intervals and by a test" in text
    assert "to stay below 0.05: HS-06-many (SmolLM2, norm final)." in text


def test_the_report_begins_with_what_it_is_on_and_with_the_depths(
    pages: dict[str, Elements],
) -> None:
    text = re.sub(r"\s+", " ", pages["index.html"].text)
    order = ("No GPT-2", "At what depth", "The same as a table", "Two articles", "At a glance")
    assert [*map(text.index, order)] == sorted(map(text.index, order))
    assert "HS-06-many the right word leads <b> 0.83" in text


def test_every_verdict_has_its_meaning_and_the_rules_stand_as_they_are(
    pages: dict[str, Elements], site: Path
) -> None:
    text = re.sub(r"\s+", " ", pages["index.html"].text)
    words = text[text.index("What the words mean", text.index("All verdicts", 3000)) :]
    for verdict, meaning in MEANING.items():
        assert meaning[1:] in words, verdict
    assert 'if not core_holds(parts): return "not_replicated"' in words
    style = (site / "style.css").read_text("utf-8")
    assert all(f".{verdict}" in style for verdict in MEANING)


def test_a_claims_page_has_its_evidence(pages: dict[str, Elements]) -> None:
    page = pages["claims/HS-06-many.html"]
    text = re.sub(r"\s+", " ", page.text)
    for words in (
        "40 in 10 clusters",
        "10 of 10",
        "0.00098",
        "logits",
        "10000 draws of whole clusters",
    ):
        assert words in text
    assert 'pytest claims/ -k "HS-06-many["' in text
    assert [tag for tag, _ in page.found].count("svg") == 3 + 2  # shares, and the depths
    assert "0.90 after the last layer (4)" in " ".join(page.values("aria-label", "div"))
    one = re.sub(r"\s+", " ", pages["claims/HS-06.html"].text)
    assert "as its numbers show: distilgpt2" in one
    assert pages["claims/HS-06.html"].values("src", "img") == [
        "../figures/smollm2/rank_sequence.png"
    ]
    assert pages["claims/HS-06.html"].values("rel", "a") == ["prev", "next"] * 2
    assert pages["claims/EX-09.html"].values("rel", "a") == ["next"] * 2


def test_a_claims_page_says_what_its_nulls_show(pages: dict[str, Elements]) -> None:
    text = re.sub(r"\s+", " ", pages["claims/HS-06.html"].text)
    assert (
        "none untrained 10/10, permuted 1/2 cannot show it: nearest-noun: 0 of 1 testable" in text
    )
    assert "SmolLM2, none untrained untrained 10 of 10: shows it" in text  # kind, what it is
    text = re.sub(r"\s+", " ", pages["claims/HS-04.html"].text)
    assert "SmolLM2, none untrained untrained 0 of 10 " in text
    assert ": shows it" not in text
    assert "the last word 0 of 1 testable Why some cannot show it nearest-noun, SmolLM2" in text
    assert f"not testable: no verb: {HOSTILE}" in text


def test_a_run_of_its_own_says_when_and_by_what(pages: dict[str, Elements]) -> None:
    start = re.sub(r"\s+", " ", pages["index.html"].text)
    first = "by the readings and rules that were frozen on 1 March 2026 (aaaaaaaaaaaa); Gemma-3 in"
    assert first in start
    assert "a run of its own, on 3 February 2026, by other readings and rules than the" in start
    runs = start[start.index("When and by what it was judged", start.index("What the words")) :]
    assert f"Hash: {'a' * 64}." in runs
    assert f"Hash: {'c' * 64}; frozen: {'a' * 64}." in runs
    assert "under the Gemma Terms of Use, which you have to accept" in runs
    assert "replicate fetch gemma3 --accept-terms" in runs
    assert "smollm2 --accept-terms" not in runs
    page = re.sub(r"\s+", " ", pages["claims/HS-06-many.html"].text)
    assert page.count("From a run of its own, made on 3 February 2026") == 1


def test_fresh_sets_stand_beside_the_others(pages: dict[str, Elements]) -> None:
    text = re.sub(r"\s+", " ", pages["fresh.html"].text)
    assert "judged once, on 4 March 2026, by the readings and rules that were frozen on" in text
    assert "Nulls were not asked on them. Of 2 verdicts 1 are the same on both." in text
    assert "✓ generalises 90 % [82, 98] ✗ not replicated 20 % [" in text
    assert "fresh.html" in pages["index.html"].values("href", "a")


def test_how_firm_a_finding_is_has_a_column(pages: dict[str, Elements]) -> None:
    text = re.sub(r"\s+", " ", pages["index.html"].text)
    assert "SmolLM2, final: 10/10 · 1 ranks" in text
    assert "SmolLM2, final: 9/10 · 7 texts" in text
    firm = [a for tag, a in pages["index.html"].found if tag == "span" and "data-norm" in a]
    assert [(a["data-subject"], a["data-norm"]) for a in firm] == [("smollm2", "final")] * 2


def test_every_kind_of_null_is_explained(pages: dict[str, Elements]) -> None:
    text = re.sub(r"\s+", " ", pages["index.html"].text)
    assert all(MADE_BY[kind] in text for kind in KINDS)


def test_a_report_of_one_run_without_fresh_sets(tmp_path: Path) -> None:
    claims = tmp_path / "claims.json"
    claims.write_text(own_findings().model_copy(update={"readings": None}).model_dump_json())
    make(claims, tmp_path, tmp_path / "out", (), tmp_path / "no" / "runs")
    text = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "by readings and rules that were not kept" in text
    assert "fresh.html" not in text
    assert "a run of its own" not in text
    assert not (tmp_path / "out" / "fresh.html").exists()


def test_a_figure_leads_to_its_view(pages: dict[str, Elements]) -> None:
    assert "explore/2-ranks.html" in pages["figures.html"].values("href", "a")
    assert "../explore/2-ranks.html" in pages["claims/HS-06.html"].values("href", "a")
    assert pages["explore.html"].values("src", "img") == ["explore/2-ranks.png"]
    first, second = (link for link in pages["explore.html"].values("href") if "explore/" in link)
    assert second == "explore/2-ranks.html"
    assert re.fullmatch(r"explore/1-ranks-script[a-z0-9-]+\.html", first)
    assert first not in pages["figures.html"].values("href", "a")


def test_slips_stand_with_their_evidence(pages: dict[str, Elements]) -> None:
    text = re.sub(r"\s+", " ", pages["slips.html"].text)
    assert f"✗ {HOSTILE}: found 5, needed ≤ 1 ranks" in text
    assert "Check SLIP-01 was not run for this report." in text


def test_published_and_measured_numbers_are_compared(pages: dict[str, Elements]) -> None:
    page = pages["numbers.html"]
    text = re.sub(r"\s+", " ", page.text)
    for words in ("✓ 4 exact", "~ 1 within 1 %", "✗ 1 off", "differ, from token 3 on"):
        assert words in text
    assert "Not comparable: of another depth" in text
    assert "first layer with one that is off is 2" in text
    assert "figures.html#rank_sequence-smollm2" in page.values("href", "a")
    assert "claims/HS-99.html" not in page.values("href", "a")


def test_machines_can_read_it_too(site: Path) -> None:
    written = json.loads((site / "claims.json").read_text("utf-8"))
    assert written["complete"] is True
    assert "gemma3" in {finding["subject"] for finding in written["findings"]}
    assert [run["subjects"] for run in written["others"]] == [["gemma3"]]
    assert json.loads((site / "fresh.json").read_text("utf-8"))["text"] == "fresh sets"
    assert (site / "results.csv").read_text("utf-8").startswith("claim,level,")
    crate = json.loads((site / "ro-crate-metadata.json").read_text("utf-8"))
    listed = {entity["@id"] for entity in crate["@graph"] if entity["@type"] == "File"}
    assert {"index.html", "claims.json", "results.csv", "paper.json", "fresh.json"} < listed
    assert {"crossing-depths.svg", "crossing-depths.png", "growth.svg"} < listed
    assert "figures/smollm2/heathrow.svg" in listed
    assert all((site / name).is_file() for name in listed)


def test_the_search_index_leads_to_pages(site: Path, pages: dict[str, Elements]) -> None:
    script = (site / "search-index.js").read_text("utf-8")
    found = json.loads(script.removeprefix("const SEARCH_INDEX = ").removesuffix(";\n"))
    assert {entry["kind"] for entry in found} == {"claim", "figure", "slip"}
    for entry in found:
        name, _, anchor = entry["address"].partition("#")
        assert not anchor or anchor in pages[name].values("id")


def test_pages_without_matter_are_left_out(findings: Findings, tmp_path: Path) -> None:
    claims = tmp_path / "claims.json"
    claims.write_text(findings.model_copy(update={"complete": False}).model_dump_json())
    make(claims, tmp_path / "none", tmp_path / "report")
    assert not (tmp_path / "report" / "explore.html").exists()
    assert not (tmp_path / "report" / "numbers.html").exists()
    start = Elements((tmp_path / "report" / "index.html").read_text("utf-8"))
    assert "Only a part of the claims was run" in start.text
    assert {"explore.html", "numbers.html"} & set(start.values("href")) == set()
    figures = Elements((tmp_path / "report" / "figures.html").read_text("utf-8"))
    assert "No figures were found" in figures.text


def test_findings_that_are_not_findings_are_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "claims.json"
    wrong.write_text('{"findings": []}')
    with pytest.raises(ValueError, match="environment"):
        make(wrong, tmp_path, tmp_path / "report")
    with pytest.raises(ValueError, match=r"run `pytest claims/` first"):
        make(tmp_path / "none.json", tmp_path, tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_a_figure_that_is_none_is_refused(tmp_path: Path, findings: Findings) -> None:
    claims, folder = tmp_path / "claims.json", tmp_path / "figures" / "smollm2"
    claims.write_text(findings.model_dump_json())
    folder.mkdir(parents=True)
    for ending in FORMATS:
        (folder / f"heathrow{ending}").write_bytes(b"drawn")
    with pytest.raises(ValueError, match=r"is no PNG: make it again with `replicate figures heath"):
        make(claims, tmp_path / "figures", tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_numbers_are_shown_as_findings_have_them() -> None:
    assert [*map(number, (49151.0, 0.59791, -0.0000123))] == ["49151", "0.5979", "-1.23e-05"]
