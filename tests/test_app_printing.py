"""How passages with lists and tables are printed: each line as far in as the others, and no longer than its words."""

import json
from pathlib import Path

import test_app_commands

Run = test_app_commands.Run
run = test_app_commands.run

REPORT = """# Closer to home

## What helped

The board asked what helped most in the towns, and these were the three answers that it wrote in its minutes:

- Shared rotas between the two hospitals.
- A car for the district nurses.
- Tea.

| Town | Beds |
| --- | --- |
| Blyth | 702 |
"""
LINES = [
    "The board asked what helped most in the towns, and these were the three answers that it wrote in its minutes:",
    "- Shared rotas between the two hospitals.",
    "- A car for the district nurses.",
    "- Tea.",
    "| Town | Beds |",
    "| --- | --- |",
    "| Blyth | 702 |",
]


def test_lists_and_tables_are_printed_without_spaces_at_the_ends_of_lines(run: Run, tmp_path: Path) -> None:
    file, home = tmp_path / "towns.md", tmp_path / "home"
    file.write_text(REPORT, encoding="utf-8")
    run("add", file, "--home", home)
    (passage,) = json.loads(run("search", "shared rotas", "--home", home, "--json").out)["passages"]
    place = "What helped. Closer to home"
    inner = [f"   {line}" for line in LINES]
    found = run("search", "shared rotas", "--home", home).out.split("\n")
    assert found == [f"1. {place}", f"   {passage['id']}", *inner, "", ""]
    shown = run("show", passage["id"], "--home", home).out.split("\n")
    assert shown == ["What helped", f"   {passage['id']}", *inner, f"     — {place}", "", ""]
