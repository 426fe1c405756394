"""What one wants to hear no more of: threads and words."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.kernel.http import AuthedRequest, login_required, page
from apps.posts import selectors, services
from apps.posts.keeping_forms import WordForm
from apps.posts.views.common import gone


@login_required
@require_POST
def mute_thread(request: AuthedRequest, post_id: int) -> HttpResponse:
    post = selectors.post_for(request.user, post_id)
    services.mute_thread(actor=request.user, post=post)
    said = _("You hear no more of this thread. Nobody is told.")
    return gone(request, said, undo=reverse("posts:unmute_thread", args=[post.pk]))


@login_required
@require_POST
def unmute_thread(request: AuthedRequest, post_id: int) -> HttpResponse:
    muted = selectors.thread_to_unmute(request.user, post_id)
    services.unmute_thread(actor=request.user, post_id=muted)
    return gone(request, _("This thread is no longer muted."), undo="")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def muted_words(request: AuthedRequest) -> HttpResponse:
    form = WordForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        services.mute_word(actor=request.user, word=form.cleaned_data["word"], lasts=form.lasts)
        messages.success(request, _("Posts with it stay out of your lists."))
        return redirect("posts:muted_words")
    context = {
        "form": form,
        "words": selectors.muted_words(request.user),
        "threads": selectors.muted_threads(request.user, request.GET.get("cursor", "")),
    }
    return page(request, "posts/muted_words.html", context, status=400 if request.method == "POST" else 200)


@login_required
@require_POST
def unmute_word(request: AuthedRequest, word_id: int) -> HttpResponse:
    word = selectors.muted_word_for(request.user, word_id)
    services.unmute_word(actor=request.user, word=word)
    messages.success(request, _("“%(word)s” is no longer muted.") % {"word": word.word})
    return redirect("posts:muted_words")
