"""Benchmarks. Never part of the test run: machines differ, so they print ratios to a baseline of the same run."""
