"""A whole running site for browsers: PostgreSQL, Redis, web, workers and clock, filled with the demo campus."""

import re
from contextlib import ExitStack
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Self

from tests.processes import Beat, Database, Redis, Web, Worker, environment, run_manage, wait_for

SETTINGS = "tests.site_settings"


class RunningSite:
    """`with RunningSite() as site:` then `site.url`. Real processes, all gone afterwards."""

    def __init__(self, *, demo: bool = True, **env: str) -> None:
        # A machine that browsers keep busy stands still for longer than a page would wait for Redis.
        self.demo, self._env = demo, {"REDIS_TIMEOUT_MS": "10000", **env}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.database = stack.enter_context(Database(SETTINGS))
            self.redis = stack.enter_context(Redis())
            self.mail = self.redis.directory / "mail"
            self.env = environment(
                database=self.database, redis=self.redis, EMAIL_FILE_PATH=str(self.mail), **self._env
            )
            if self.demo:
                run_manage("demo", env=self.env)
            self.worker = stack.enter_context(Worker(env=self.env, processes=2))
            self.beat = stack.enter_context(Beat(env=self.env))
            self.web = stack.enter_context(Web(env=self.env))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        return self.web.url

    def rows(self, sql: str, *parameters: object) -> list[Any]:
        return self.database.rows(sql, *parameters)

    def newest_public_post(self, username: str) -> int:
        return int(
            self.database.value(
                "SELECT p.id FROM posts_post p JOIN accounts_user u ON u.id = p.author_id WHERE u.username = %s"
                " AND p.audience = 0 AND p.repost_of_id IS NULL AND p.deleted_at IS NULL AND p.hidden_at IS NULL"
                " ORDER BY p.id DESC LIMIT 1",
                username,
            )
        )

    def deepest_comment(self, username: str) -> str:
        """The address of a comment as far down as one goes under a public post of theirs."""
        found = self.database.value(
            "SELECT c.id FROM posts_comment c JOIN posts_post p ON p.id = c.post_id"
            " JOIN accounts_user u ON u.id = p.author_id"
            " WHERE u.username = %s AND p.audience = 0 AND p.deleted_at IS NULL AND c.deleted_at IS NULL"
            " ORDER BY c.depth DESC, c.id LIMIT 1",
            username,
        )
        return f"/comments/{found}/"

    def poll(self, *, is_open: bool) -> str:
        """The address of a post whose poll everybody may see; of a closed one, with voters who are no secret."""
        kind = "q.closes_at > now()" if is_open else "q.closes_at <= now() AND NOT q.is_anonymous"
        found = self.database.value(
            "SELECT p.id FROM posts_poll q JOIN posts_post p ON p.id = q.post_id WHERE p.audience = 0"
            f" AND p.deleted_at IS NULL AND {kind} ORDER BY p.id DESC LIMIT 1"
        )
        return f"/posts/{found}/"

    def some_tag(self) -> str:
        tagged = "SELECT t.name FROM posts_hashtag t JOIN posts_posttag p ON p.tag_id = t.id LIMIT 1"
        return str(self.database.value(tagged))

    def mailed_code(self, address: str, *, seconds: float = 15) -> str:
        """The code in the newest mail to the address; waits for it."""
        wait_for(lambda: self._codes(address), seconds, f"a mail with a code to {address}")
        return self._codes(address)[0]

    def _codes(self, address: str) -> list[str]:
        mails = sorted(self.mail.glob("*"), key=lambda path: path.stat().st_mtime, reverse=True)
        return [code for path in mails if (code := _code_for(address, path))]


def _code_for(address: str, path: Path) -> str:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(preferencelist=("plain",))
    if address not in str(message["To"]) or body is None:
        return ""
    match = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", body.get_content(), re.MULTILINE)
    return match.group(1) if match else ""
