"""A bare machine: real PostgreSQL and Redis for a clone that has neither, and the whole site under one runner.

`python -m apps.kernel.machine` is what the Makefile calls. Standard library only, so that it works before Django does;
docs/operations.md, "Running on one machine", tells what lies where.
"""
