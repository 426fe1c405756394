"""Fills a running site with people who try every trick: `manage.py shell -c "from tests.e2e import hostile; …"`."""

import uuid

from apps.accounts import services as accounts
from apps.accounts.models import Privacy, User
from apps.graph import services as graph
from apps.moderation import selectors as moderation_selectors
from apps.moderation import services as moderation
from apps.posts import services as posts
from apps.posts.models import Audience
from apps.web import selectors as web_selectors
from apps.web import services as web
from tests.cast import make_person

RUN = "window.ran=1"
SCRIPTS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><svg onload={RUN}>',
    f"' onfocus={RUN} autofocus x='",
    f'" onmouseover="{RUN}" style="position:fixed;inset:0',
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    "<iframe srcdoc='<script>parent.ran=1</script>'>",
    f"javascript:{RUN}",
    f"[click](javascript:{RUN})",
    f'https://a.example/"onmouseover="{RUN}',
    f"<a href='javascript:{RUN}'>click</a>",
    f"data:text/html,<script>{RUN}</script>",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"{{% debug %}}${{{RUN}}}",
    f"<body onload={RUN}>",
    f"<style>*{{background:url(javascript:{RUN})}}</style>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={RUN}&gt;'>",
    f"<div hx-get=/accounts/logout/ hx-trigger=load hx-on::load={RUN}>",
    f"<!--><img src=x onerror={RUN}>",
    f"\\u003cimg src=x onerror={RUN}\\u003e",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
]
FENCE = "```"
# Code and formulas that would be more than that.
WRITTEN = [
    f"{FENCE}html\n</code></pre><script>{RUN}</script>\n<img src=x onerror={RUN}>\n{FENCE}",
    f"{FENCE}<script>{RUN}</script>\n{{{{7*7}}}}\n{FENCE}",
    f"`</code><svg onload={RUN}>` **<b onmouseover={RUN}>** > <iframe src=javascript:{RUN}>",
    f"$\\text{{<script>{RUN}</script>}}$ $\\href{{javascript:{RUN}}}{{x}}$"
    f" $\\text{{&#x3c;img src=x onerror={RUN}&#x3e;}}$",
    f"$</math><script>{RUN}</script>$ $\\class{{mention}}{{x}}$ $\\style{{position:fixed;inset:0}}{{x}}$",
    "$\\kern-999em x\\hspace{9999em}\\rule{9999em}{9999em}$ $" + "x^{" * 200 + "}" * 200 + "$",
    f"$$\n\\begin{{array}}{{<img src=x onerror={RUN}>}}x\\end{{array}}\n$$",
    "$" + "a+" * 300 + "b$ " + "\\" * 900,
    "> " * 300 + "deep\n\n" + "- " * 300 + "deep",
    f"[click](javascript:{RUN}) ![x](javascript:{RUN}) <javascript:{RUN}> <a href=javascript:{RUN}>",
]
NAMES = [
    "Bartholomew" * 7,
    "W" * 80,
    "مُحَمَّدُ بْنُ إِبْرَاهِيمَ آلُ الْعَبْدِ الرَّحْمٰنِ " * 3,
    "\u202egnitirw sdrawkcab\u202c \u2066left\u2069",
    "👩🏽‍🚀" * 20,
    "Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309" * 8,
    "国立大学法人東京外国語大学大学院総合国際学研究科" * 3,
    "ﷺ" * 40,
]
LONG = "Donaudampfschifffahrtsgesellschaft" * 20


def person(kind: str, number: int, name: str) -> None:
    """Somebody with that name, who also writes it everywhere else that a person can write."""
    writer = _member(f"{kind}{number:02}".ljust(30, "x")[: 30 if kind == "long" else 9])
    name = name[:80]
    writer = accounts.update_profile(
        actor=writer,
        name=name,
        username=writer.username,
        bio=f"{name} {LONG[:300]}",
        pronouns=name[:30],
    )
    accounts.update_studies(actor=writer, programme=name, year=3, graduates_on=None, level="")
    accounts.set_status(actor=writer, emoji="🎓", text=name, until=None)
    word = name[:4] if name.startswith("ﷺ") else name[:40]  # one sign that is searched for as eighteen letters
    accounts.set_skills(actor=writer, names=[word])
    accounts.set_interests(actor=writer, names=[word])
    accounts.set_courses(actor=writer, year=2026, season=3, codes=["MATH 210"])
    accounts.add_link(actor=writer, label=name[:40], url="https://a.example/")
    Privacy.objects.filter(user=writer).update(in_directory=True)
    body = f"{name} #{name} @{name} #hostile @hostile00 @{writer.username}\n{name}\nhttps://a.example/{name} {LONG}"
    post = posts.create_post(actor=writer, body=body, audience=Audience.PUBLIC, key=uuid.uuid4())
    parent = None
    for _depth in range(3):
        parent = posts.add_comment(actor=writer, post=post, body=body[:1900], parent=parent, key=uuid.uuid4())
    watcher, target = _watcher(), moderation_selectors.target_for(writer, kind="person", target_id=_watcher().pk)
    moderation.file_report(actor=writer, target=target, category="other", text=body[:900])
    graph.follow(actor=watcher, target=writer)
    graph.follow(actor=writer, target=watcher)
    graph.block(actor=_blocker(), target=writer)
    graph.write_note(actor=watcher, person=writer, text=body[:900])
    graph.mute(actor=_blocker(), target=writer)


def writer_of_code_and_formulas() -> None:
    writer = _member("hostile0tex")
    body = "\n\n".join(WRITTEN)
    post = posts.create_post(actor=writer, body=body[:4_900], audience=Audience.PUBLIC, key=uuid.uuid4())
    for text in WRITTEN:
        posts.add_comment(actor=writer, post=post, body=text[:1_900], parent=None, key=uuid.uuid4())
    graph.follow(actor=_watcher(), target=writer)


def _member(username: str) -> User:
    """Somebody who has agreed to the demo's rules, so that no page leads elsewhere."""
    made = make_person(username)
    web.agree(actor=made, versions=web_selectors.versions_to_agree(made))
    return made


def _watcher() -> User:
    return User.objects.filter(username="watcher").first() or _member("watcher")


def _blocker() -> User:
    return User.objects.filter(username="blocker").first() or _member("blocker")


def fill() -> None:
    for number, script in enumerate(SCRIPTS):
        person("hostile", number, script)
    for number, name in enumerate(NAMES):
        person("long", number, name)
    writer_of_code_and_formulas()
