"""`make check`: every check that is not a test. All of them run; one that fails fails the whole at the end."""

import os
import secrets
import subprocess
import sys
import time

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "campus.example",
}
CODE = ("apps", "config", "tests", "manage.py", ".ci")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as main; main()"  # it has no `-m` of its own
TEST = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}

CHECKS: dict[str, tuple[list[str], dict[str, str]]] = {
    "style": (["-m", "ruff", "check", *CODE], {}),
    "format": (["-m", "ruff", "format", "--check", *CODE], {}),
    "templates": (["-m", "djlint", "--lint", "--quiet", "templates"], {}),
    "types": (["-m", "mypy"], TEST),
    "layers": (["-c", LINT_IMPORTS, "--config", "config/importlinter.ini", "--no-cache", "--no-logo"], {}),
    "migrations": (["manage.py", "makemigrations", "--check", "--dry-run"], TEST),
    "deployment": (["manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
}


def main() -> int:
    failed = [name for name, (command, environment) in CHECKS.items() if not passes(name, command, environment)]
    if failed:
        print(f"{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}")
        return 1
    print(f"{len(CHECKS)} checks passed")
    return 0


def passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """What a check says is shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    word = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:<11} {word:<6} {time.monotonic() - began:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
