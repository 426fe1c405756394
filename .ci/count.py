"""Counts what pytest's reports say, and fails when a browser test was skipped or none ran."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

BROWSER = "tests.e2e."


def main(reports: list[str], failed_before: bool) -> int:
    cases: list[ElementTree.Element] = []
    missing = [report for report in reports if not Path(report).exists()]
    for report in reports:
        if report not in missing:
            cases += ElementTree.parse(report).getroot().iter("testcase")
    wrong = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    browser = [case for case in cases if case.get("classname", "").startswith(BROWSER)]
    complaints = [f"{report} was not written" for report in missing]
    if not browser:
        complaints.append("no browser test ran")
    complaints += [f"browser test skipped: {case.get('name')}" for case in browser if case in skipped]
    if failed_before and not wrong:
        complaints.append("a check or a test run failed, see above")
    for complaint in complaints:
        print(f"CI: {complaint}")
    passed = len(cases) - len(wrong) - len(skipped)
    failures = len(wrong) + len(complaints)
    print(f"{passed} passed, {failures} failed, {len(skipped)} skipped ({len(browser)} in a browser)")
    return 1 if failures or failed_before else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:-1], sys.argv[-1] != "0"))
