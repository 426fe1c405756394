"""Embedded PostgreSQL and Redis: durable, shared, found again after a crash, and out of each other's way."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from apps.kernel.machine.account import lent_account
from apps.kernel.machine.processes import pid_in, wait_until
from tests.machine.conftest import Clone, gone, line_with, pid_of

pytestmark = pytest.mark.slow  # servers that start, are killed, and start again
HOLD = """
import os, sys, psycopg
connection = psycopg.connect(os.environ["DATABASE_URL"])
print("in", flush=True)
sys.stdin.read()
"""
PRINT_URL = "import os; print(os.environ['DATABASE_URL'])"


@contextmanager
def serving(clone: Clone) -> Iterator[subprocess.Popen[str]]:
    """`services test` in the clone, up; ended afterwards whatever the test did to it."""
    supervisor = clone.start("services", "test")
    try:
        line_with(supervisor, "REDIS_URL")
        yield supervisor
    finally:
        if supervisor.poll() is None:
            supervisor.send_signal(signal.SIGTERM)
            supervisor.communicate(timeout=30)


def postmaster(clone: Clone) -> int:
    return running(Path(clone.where("data")) / "postgres" / "postmaster.pid")


def redis_pid(clone: Clone) -> int:
    return running(Path(clone.where("data")) / "redis" / "redis.pid")


def running(pid_file: Path) -> int:
    pid = pid_in(pid_file)
    assert pid, f"nothing runs: {pid_file}"  # and a signal to 0 would end the tests themselves
    return pid


def test_nothing_acknowledged_is_lost_on_power_failure(clone: Clone) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert clone.ask(f"SHOW {setting}") == "on"
    assert clone.ask("SHOW server_version").startswith("18.")
    code = "import os, redis; print(redis.from_url(os.environ['REDIS_URL']).config_get('append*'))"
    done = clone.run("exec", "test", "--", "python", "-c", code)
    assert "'appendonly': 'yes'" in done.stdout
    assert "'appendfsync': 'everysec'" in done.stdout


def test_letters_of_every_script_are_lowered(clone: Clone) -> None:
    assert clone.ask("SELECT lower('ÅÉŻΔЖ')") == "åéżδж"


def test_data_outlives_a_stop(clone: Clone) -> None:
    clone.ask("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    assert clone.ask("SELECT answer FROM kept") == "42"
    assert not (Path(clone.where("data")) / "postgres" / "postmaster.pid").exists()


def test_servers_left_by_a_killed_supervisor_are_adopted_and_then_stopped(clone: Clone) -> None:
    with serving(clone) as supervisor:
        servers = postmaster(clone), redis_pid(clone)
        supervisor.kill()
        supervisor.wait()
    assert all(os.getpgid(pid) for pid in servers)

    code = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT 1').fetchone()[0])"
    script = f"{code}; print(open({str(Path(clone.where('data')) / 'postgres' / 'postmaster.pid')!r}).readline())"
    done = clone.run("exec", "test", "--", "python", "-c", script)
    assert done.stdout.split() == ["1", str(servers[0])], done.stdout
    assert all(gone(pid) for pid in servers)


def test_an_orphan_that_does_not_answer_is_replaced(clone: Clone) -> None:
    with serving(clone) as supervisor:
        deaf = redis_pid(clone)
        supervisor.kill()
        supervisor.wait()
    os.unlink(Path(clone.where("sockets")) / "redis.sock")
    code = "import os, redis; print(redis.from_url(os.environ['REDIS_URL']).ping())"
    assert clone.run("exec", "test", "--", "python", "-c", code).stdout.strip() == "True"
    assert gone(deaf)


def test_a_pid_file_that_names_another_process_is_not_believed(clone: Clone) -> None:
    clone.ask("SELECT 1")
    pid_file = Path(clone.where("data")) / "postgres" / "postmaster.pid"
    account = lent_account()  # PostgreSQL itself sees through the process of another user
    sleeper = subprocess.Popen(["sleep", "60"], **(account.popen() if account else {}))
    try:
        pid_file.write_text(f"{sleeper.pid}\n{pid_file.parent}\n")
        assert clone.ask("SELECT 1") == "1"
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_two_commands_share_the_servers_and_the_last_one_stops_them(clone: Clone) -> None:
    with serving(clone) as first:
        server = postmaster(clone)
        second = subprocess.Popen(
            [sys.executable, "-m", "apps.kernel.machine", "exec", "test", "--", "python", "-c", HOLD],
            cwd=clone.path,
            env=clone.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        line_with(second, "in")
    assert first.returncode == 0
    assert postmaster(clone) == server
    second.communicate("", timeout=20)
    assert gone(server)


def test_a_server_that_dies_is_named_with_its_last_words(clone: Clone) -> None:
    with serving(clone) as supervisor:
        os.kill(postmaster(clone), signal.SIGKILL)
        said, _ = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 1
    assert "postgres ended by itself" in said
    assert "Traceback" not in said
    assert clone.ask("SELECT 1") == "1"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_way_to_end_it_stops_both_servers(clone: Clone, number: signal.Signals) -> None:
    with serving(clone) as supervisor:
        servers = postmaster(clone), redis_pid(clone)
        supervisor.send_signal(number)
        assert supervisor.wait(5) == 0
    assert all(gone(pid, 1) for pid in servers)


def test_a_first_start_that_is_killed_half_way_begins_again(make_clone: Callable[..., Clone]) -> None:
    clone = make_clone()
    data = Path(clone.where("data"))
    supervisor = clone.start("services", "test")
    assert wait_until(lambda: any(data.glob("postgres*/PG_VERSION")), 30)
    initdb = pid_of(f"initdb -D {data}")
    supervisor.kill()
    os.kill(initdb, signal.SIGKILL)
    supervisor.wait()
    assert clone.ask("SELECT current_database()") == "campus"


@pytest.mark.parametrize("name", ["with spaces, a comma and 'quotes'", "long" * 30, "Łódź 大学"])
def test_any_folder_will_do(make_clone: Callable[..., Clone], name: str) -> None:
    clone = make_clone(name)
    assert clone.ask("SELECT 1") == "1"
    assert clone.ask("SELECT 1") == "1"


def test_two_clones_run_at_once(clone: Clone, make_clone: Callable[..., Clone]) -> None:
    other = make_clone("other")
    with serving(clone), serving(other):
        urls = clone.where("database_url"), other.where("database_url")
        assert urls[0] != urls[1]
        assert postmaster(clone) != postmaster(other)
        for url in urls:
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_data_of_tests_and_of_a_person_are_apart(clone: Clone) -> None:
    assert clone.where("data", "run") != clone.where("data", "test")
    assert clone.where("redis_url", "run") != clone.where("redis_url", "test")


def test_the_command_sees_the_addresses_and_its_status_is_handed_on(clone: Clone) -> None:
    done = clone.run("exec", "test", "--", "python", "-c", f"{PRINT_URL}; raise SystemExit(7)")
    assert done.returncode == 7
    assert done.stdout.strip() == clone.where("database_url")


def test_the_sockets_are_closed_to_other_users(clone: Clone) -> None:
    clone.ask("SELECT 1")
    assert Path(clone.where("sockets")).stat().st_mode & 0o777 == 0o700


def test_an_instance_in_use_is_not_removed(clone: Clone) -> None:
    with serving(clone) as supervisor:
        done = clone.run("remove", "test")
        assert done.returncode == 1
        assert "in use" in done.stdout
        assert supervisor.poll() is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "postgresql://nobody:x@127.0.0.1:1/none"),
        ("DATABASE_URL", "nonsense"),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
        ("REDIS_URL", "nonsense"),
    ],
)
def test_an_address_where_nothing_answers_is_one_sentence(clone: Clone, variable: str, value: str) -> None:
    done = clone.run("exec", "test", "--", "python", "-c", "pass", **{variable: value})
    assert done.returncode == 1
    assert done.stdout.startswith(f"{variable} is set, but no ")
    assert len(done.stdout.splitlines()) == 1


def test_given_addresses_replace_the_embedded_servers(clone: Clone, make_clone: Callable[..., Clone]) -> None:
    given = {"DATABASE_URL": clone.where("database_url"), "REDIS_URL": clone.where("redis_url")}
    other = make_clone("other")
    with serving(clone):
        done = other.run("exec", "test", "--", "python", "-c", PRINT_URL, **given)
    assert done.stdout.strip() == given["DATABASE_URL"]
    assert not Path(other.where("data")).exists()


def test_a_user_without_a_name_is_told_what_to_do(clone: Clone) -> None:
    python = Path("/usr/bin/python3")
    if os.geteuid() or not python.exists():
        pytest.skip("needs root and a Python that every user can run")
    code = "from apps.kernel.machine.account import lent_account; lent_account()"
    done = subprocess.run([python, "-c", code], cwd=clone.path, user=54321, capture_output=True, text=True, check=False)
    assert "user id 54321, which has no name on this machine" in done.stderr
    assert "DATABASE_URL" in done.stderr


def test_a_root_that_cannot_become_anybody_else_is_told_what_to_do(clone: Clone) -> None:
    unshare = shutil.which("unshare")
    if os.geteuid() or not unshare or subprocess.run([unshare, "-Ur", "true"], check=False).returncode:
        pytest.skip("needs root and user namespaces")
    process = clone.popen([unshare, "-Ur", sys.executable, "-m", "apps.kernel.machine", "services", "test"])
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "root cannot become user" in said
    assert len(said.splitlines()) == 1
