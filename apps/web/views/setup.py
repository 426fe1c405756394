"""The first-run wizard: from an empty installation to a campus with somebody who looks after it (XP3).

What is asked before there is an administrator is kept in the session and written at once with them; so a wizard that
was left halfway has made nothing, and goes on where it was.
"""

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from apps.accounts import services as accounts
from apps.kernel.errors import NotFound
from apps.kernel.http import page
from apps.kernel.jobs import selectors as jobs
from apps.kernel.jobs import services as job_services
from apps.web import selectors, services
from apps.web.forms import AdministratorForm, CampusForm, DomainsForm

if TYPE_CHECKING:
    from apps.accounts.models import User

SETUP = "setup"  # in the session: {"at": index of the furthest step, "campus": …, "domains": …, "mail": …}
STEPS = {
    "campus": _("Campus"),
    "domains": _("Addresses"),
    "administrator": _("Administrator"),
    "mail": _("Mail"),
    "demo": _("Demo"),
    "done": _("Done"),
}
NAMES = list(STEPS)
FOUNDED = NAMES.index("mail")  # from here on campus and administrator stand in the database
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DEMO = "demo.build"


@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The step the session is at, or an earlier one that `step` names. 404 as soon as the site has an administrator,
    but for the browser that made them."""
    state = request.session.get(SETUP, {})
    founded = state.get("at", 0) >= FOUNDED
    if not (getattr(request.user, "is_superuser", False) if founded else selectors.is_open()):
        raise NotFound("setup")
    if not founded and "key" in request.GET and selectors.is_key(request.GET["key"]):
        request.session[SETUP] = state or {"at": 0}
        return redirect("web:setup")  # the key stays out of the history and of Referer
    if SETUP not in request.session:
        return page(request, "web/setup_closed.html", {"is_wrong": "key" in request.GET})
    asked = request.POST.get("step") or request.GET.get("step") or ""
    first = FOUNDED if founded else 0
    step = asked if asked in NAMES[first : state["at"] + 1] else NAMES[state["at"]]
    return ANSWERS[step](request, state)


def campus(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    form = CampusForm(request.POST or None, initial=state.get("campus"))
    if request.method == "POST" and form.is_valid():
        return _go_on(request, state | {"campus": form.cleaned_data}, "domains")
    return _show(request, state, "campus", form=form)


def domains(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    form = DomainsForm(request.POST or None, initial={"domains": "\n".join(state.get("domains", []))})
    if request.method == "POST" and form.is_valid():
        return _go_on(request, state | {"domains": form.cleaned_data["domains"]}, "administrator")
    return _show(request, state, "domains", form=form)


def administrator(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    """Writes all of it, and logs the new administrator in here."""
    form = AdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = accounts.found_campus(campus=state["campus"], domains=state["domains"], **form.cleaned_data)
        login(request, person, backend=BACKEND)
        return _go_on(request, state, "mail")
    return _show(request, state, "administrator", form=form)


def mail(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    """POST sends a mail to the administrator and says what came of it; with `skip` it goes on."""
    if "skip" in request.POST:
        return _go_on(request, state, "demo")
    person = cast("User", request.user)
    answer = None
    if request.method == "POST":
        answer = {"problem": services.try_mail(actor=person)}
    context = {"answer": answer, "sends_mail": selectors.sends_mail(), "backend": settings.EMAIL_BACKEND}
    return _show(request, state, "mail", address=person.email, **context)


def demo(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    """POST `demo`: yes starts the job, no goes on. GET tells how far the job is."""
    person = cast("User", request.user)
    allowed = settings.DEBUG or settings.ALLOW_DEMO
    wish = request.POST.get("demo", "")
    job = jobs.latest_job(person, DEMO)
    if wish == "yes" and allowed and (job is None or job.state == job.State.FAILED):
        job_services.start(kind=DEMO, owner=person, payload={})
        return redirect(f"{reverse('web:setup')}?step=demo")
    if wish == "no":
        return _go_on(request, state, "done")
    return _show(request, state, "demo", job=job, allowed=allowed)


def done(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    """What the site still lacks. POST closes the wizard here, too."""
    if request.method == "POST":
        del request.session[SETUP]
        return redirect("web:home")
    return _show(request, state, "done", lacks=selectors.lacks())


def _go_on(request: HttpRequest, state: dict[str, Any], step: str) -> HttpResponse:
    request.session[SETUP] = state | {"at": max(state["at"], NAMES.index(step))}
    return redirect(f"{reverse('web:setup')}?step={step}")


def _show(request: HttpRequest, state: dict[str, Any], step: str, **context: Any) -> HttpResponse:
    number = NAMES.index(step)
    first = FOUNDED if state["at"] >= FOUNDED else 0
    steps = [
        {"name": name, "title": title, "is_open": first <= place <= state["at"], "is_past": place < state["at"]}
        for place, (name, title) in enumerate(STEPS.items())
    ]
    bar = {"step": step, "steps": steps, "number": number + 1, "of": len(STEPS), "state": state}
    form = context.get("form")
    status = 400 if form is not None and form.errors else 200
    return page(request, "web/setup.html", context | bar, status=status)


ANSWERS = {
    "campus": campus,
    "domains": domains,
    "administrator": administrator,
    "mail": mail,
    "demo": demo,
    "done": done,
}
