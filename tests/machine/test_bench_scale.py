"""The tools that measure a million people run to their end with two thousand. What they print then means nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLES = (
    "Pages",
    "The line, for its readers",
    "Fan-out: one connection",
    "Fan-out: sustained, the real mix of authors, through outbox and workers",
    "Fan-out: from the POST to the last follower",
    "Growth: days of the timeline",
    "Growth: a simulated day",
    "Growth: what the clock starts",
)


@pytest.mark.slow
def test_every_table_is_printed_and_no_page_fails() -> None:
    command = [sys.executable, "-m", "tests.bench.scale", "--users", "2000", "--quick"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=1_500, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    tables = {part.partition("\n")[0]: part for part in done.stdout.split("\n### ")[1:]}
    for title in TABLES:
        rows = [line for line in tables[title].splitlines() if line.startswith("| ")][1:]
        assert rows, title
    pages = [line for line in tables["Pages"].splitlines() if re.match(r"\| \D", line)][1:]
    assert [line for line in pages if not line.endswith("| 0 |")] == [], "errors stand in the last column"
    assert len(pages) > 15
