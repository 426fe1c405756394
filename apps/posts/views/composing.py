"""Writing a post: the form on a page of its own, how it will look, and the signs that can be put in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from apps.kernel import limits
from apps.kernel.errors import NotFound, RateLimited
from apps.kernel.http import AuthedRequest, is_fragment, login_required, page
from apps.kernel.templatetags.ui import exact
from apps.posts import polls, rendering, selectors, services
from apps.posts.drafts import Content
from apps.posts.forms import KeptDraft, PostForm, WishForm
from apps.posts.models import Draft
from apps.posts.signs import signs as all_signs


@login_required
@require_safe
def new(request: AuthedRequest) -> HttpResponse:
    """`draft` goes on with one, `quote` is the id of a post to quote."""
    wish = WishForm(request.GET)
    if not wish.is_valid():
        raise NotFound("draft")
    draft_id, quoted_id = wish.cleaned_data["draft"], wish.cleaned_data["quote"]
    if draft_id:
        composer = selectors.draft_composer(request.user, selectors.draft_for(request.user, draft_id))
    elif quoted_id:
        quoted = selectors.quotable_post(request.user, quoted_id)
        composer = selectors.composer(request.user, content=Content(quoted_id=quoted.pk))
    else:
        composer = selectors.composer(request.user)
    return page(request, "posts/new.html", {"composer": composer, "in_feed": is_fragment(request)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_parts(request: AuthedRequest) -> HttpResponse:
    """What the form in the feed comes without: fetched into it when somebody begins to write.

    Without a script the form itself is sent here, and goes on as it is, not judged yet, on a page that has everything.
    """
    if request.method == "POST":
        form = PostForm(request.POST, author=request.user)
        form.is_valid()
        composer = selectors.composer(request.user, content=form.content, key=form.key_sent)
        return page(request, "posts/new.html", {"composer": composer})
    if not is_fragment(request):
        return redirect("posts:new")
    return render(request, "posts/_parts.html", {"composer": selectors.composer(request.user)})


@login_required
@require_POST
def preview(request: AuthedRequest) -> HttpResponse:
    """How it will look; the form stays as it was, and says what is wrong with it as when it is sent."""
    limits.check("post.preview", person_id=request.user.pk)
    form = PostForm(request.POST, author=request.user)
    faults = {} if form.is_valid() else form.faults
    content = form.content
    context: dict[str, object] = {"fault": faults.get("body", ""), "content": content}
    if "body" not in faults:
        named = rendering.people_named(content.body, actor=request.user)
        context["html"] = rendering.render(content.body, named)
        context["poll"] = polls.planned(content.poll) if content.poll else None
    if is_fragment(request):
        return render(request, "posts/_preview.html", context)
    composer = selectors.composer(request.user, content=content, key=form.key_sent, errors=faults)
    context |= {"composer": composer, "is_preview": True}
    return page(request, "posts/new.html", context, status=400 if faults else 200)


@login_required
@require_safe
def signs(request: AuthedRequest) -> HttpResponse:
    """Common signs, to be put into a text: fetched when somebody asks for them."""
    return page(request, "posts/signs.html", {"groups": all_signs()})


def again(request: AuthedRequest, form: PostForm) -> HttpResponse:
    """The form as it was sent, with what is wrong beside the fields. Its draft goes on."""
    revision = form.cleaned_data.get("revision") or 0
    composer = selectors.composer(
        request.user, content=form.content, key=form.key_sent, revision=revision, errors=form.faults
    )
    context = {"composer": composer, "in_feed": is_fragment(request)}
    response = page(request, "posts/new.html", context, status=form.status)
    if isinstance(form.refusal, RateLimited):
        response["Retry-After"] = str(form.refusal.retry_after)
    return response


def refused(request: AuthedRequest, form: KeptDraft) -> HttpResponse:
    """A draft that may not go out, or not be kept: in the composer, with the reason. It is in the list as it was.

    Changed on another device meanwhile: both texts are shown, and sending this one once more is the choice.
    """
    is_changed = isinstance(form.refusal, services.Changed)
    other = selectors.draft_for(request.user, form.draft_id) if is_changed else None
    composer = selectors.composer(
        request.user,
        content=form.content,
        key=form.draft_id,
        revision=other.revision if other else selectors.revision_of(request.user, form.draft_id),
        errors=form.faults,
    )
    context = {"composer": composer, "other": Content.of_json(other.content) if other else None}
    return page(request, "posts/new.html", context, status=form.status)


def scheduled_told(request: AuthedRequest, draft: Draft) -> HttpResponse:
    said = _("It goes out %(when)s.") % {"when": exact(draft.publish_at)} if draft.publish_at else ""
    if is_fragment(request):
        return trigger_client_event(HttpResponse(), "cc:toast", {"text": said})
    messages.success(request, said)
    return redirect("posts:scheduled")
