"""Saved posts: the button on a card, the list, one of them, and their folders. Everything here is one's own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from apps.kernel.errors import NotFound
from apps.kernel.http import AuthedRequest, back, fragment_or_redirect, is_fragment, login_required, page
from apps.posts import selectors, services
from apps.posts.keeping_forms import BookmarkForm, FolderForm
from apps.posts.models import Bookmark
from apps.posts.views.common import back_to, gone

FRAGMENT = "posts/_bookmark_row.html"


@login_required
@require_POST
def save(request: AuthedRequest, post_id: int) -> HttpResponse:
    """Sets what the button says (`saved`), so that a second press of a lost answer changes nothing."""
    post = selectors.post_for(request.user, post_id)
    wanted = request.POST.get("saved", "1") == "1"
    if wanted:
        bookmark = services.save_post(actor=request.user, post=post)
        said, undo = _("Saved."), ""
        link = {"url": reverse("posts:bookmark", args=[bookmark.pk]), "text": _("Note, folder, reminder")}
    else:
        was = services.unsave_post(actor=request.user, post_id=post.pk)
        said, undo, link = _("Taken out of your saved posts."), _undo(was), {}
    context = {"post": post, "is_saved": wanted}
    response = fragment_or_redirect(request, "posts/_saved.html", context, to=back_to(request, f"#post-{post.pk}"))
    if is_fragment(request):
        return trigger_client_event(response, "cc:toast", {"text": said, "undo": undo, "link": link})
    messages.success(request, said, extra_tags=undo)
    return response


@login_required
@require_POST
def restore(request: AuthedRequest) -> HttpResponse:
    """Undo of taking out: `was` in the address is ours, signed."""
    bookmark = services.return_bookmark(actor=request.user, was=request.GET.get("was", ""))
    messages.success(request, _("It is among your saved posts again."))
    return redirect(f"{reverse('posts:bookmarks')}#saved-{bookmark.pk}")


@login_required
@require_safe
def bookmarks(request: AuthedRequest) -> HttpResponse:
    show, folder = request.GET.get("show", "all"), request.GET.get("folder", "")
    if show not in selectors.SHOW or not (folder == "" or (folder.isascii() and folder.isdecimal())):
        raise NotFound("bookmarks")
    chosen = selectors.folder_for(request.user, int(folder)) if folder else None
    kept = selectors.Kept(show, chosen)
    shown = selectors.bookmarks_page(request.user, kept, request.GET.get("cursor", ""))
    context = {"section": "saved", "kept": kept, "shown": shown, "folders": selectors.folders_of(request.user)}
    query = urlencode({"folder": folder} if folder else {"show": show})
    return page(request, "posts/bookmarks.html", context | {"here": f"{request.path}?{query}"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bookmark(request: AuthedRequest, bookmark_id: int) -> HttpResponse:
    found = selectors.bookmark_for(request.user, bookmark_id)
    folders = selectors.folders_of(request.user)
    form = BookmarkForm(request.POST or None, bookmark=found, folders=folders)
    if request.method == "POST" and form.is_valid():
        _edit(request, found, form)
        messages.success(request, _("Kept."))
        return redirect(f"{reverse('posts:bookmarks')}#saved-{found.pk}")
    saved = selectors.saved(request.user, found)
    status = 400 if request.method == "POST" else 200
    return page(request, "posts/bookmark.html", {"section": "saved", "form": form, "saved": saved}, status=status)


def _edit(request: AuthedRequest, found: Bookmark, form: BookmarkForm) -> None:
    folder = form.chosen_folder
    if name := form.cleaned_data["new_folder"]:
        folder = services.create_folder(actor=request.user, name=name)
    services.edit_bookmark(
        actor=request.user,
        bookmark=found,
        note=form.cleaned_data["note"],
        folder=folder,
        remind_at=form.cleaned_data["remind_at"],
    )


@login_required
@require_POST
def done(request: AuthedRequest, bookmark_id: int) -> HttpResponse:
    """Sets what is asked for (`done`)."""
    found = selectors.bookmark_for(request.user, bookmark_id)
    services.set_done(actor=request.user, bookmark=found, done=request.POST.get("done", "1") == "1")
    return _row(request, bookmark_id)


@login_required
@require_POST
def dismiss(request: AuthedRequest, bookmark_id: int) -> HttpResponse:
    found = selectors.bookmark_for(request.user, bookmark_id)
    services.dismiss_reminder(actor=request.user, bookmark=found)
    return _row(request, bookmark_id)


@login_required
@require_POST
def remove(request: AuthedRequest, bookmark_id: int) -> HttpResponse:
    """Takes a bookmark out, also of a post that is not there any more."""
    found = selectors.bookmark_for(request.user, bookmark_id)
    was = services.unsave_post(actor=request.user, post_id=found.post_id)
    answer = gone(request, _("Taken out of your saved posts."), undo=_undo(was))
    own_page = reverse("posts:bookmark", args=[bookmark_id])
    return redirect("posts:bookmarks") if own_page in answer.get("Location", "") else answer


@login_required
@require_POST
def create_folder(request: AuthedRequest) -> HttpResponse:
    form = FolderForm(request.POST, owner=request.user, is_new=True)
    if not form.is_valid():
        return _folders(request, form, status=400)
    services.create_folder(actor=request.user, name=form.cleaned_data["name"])
    return redirect("posts:folders")


@login_required
@require_POST
def rename_folder(request: AuthedRequest, folder_id: int) -> HttpResponse:
    folder = selectors.folder_for(request.user, folder_id)
    form = FolderForm(request.POST, owner=request.user, is_new=False)
    if not form.is_valid():
        return _folders(request, form, status=400, renamed=folder.pk)
    services.rename_folder(actor=request.user, folder=folder, name=form.cleaned_data["name"])
    messages.success(request, _("Your folder has its new name."))
    return redirect("posts:folders")


@login_required
@require_POST
def delete_folder(request: AuthedRequest, folder_id: int) -> HttpResponse:
    folder = selectors.folder_for(request.user, folder_id)
    services.delete_folder(actor=request.user, folder=folder)
    messages.success(request, _("The folder is gone. What was in it is still saved."))
    return redirect("posts:folders")


@login_required
@require_safe
def folders(request: AuthedRequest) -> HttpResponse:
    return _folders(request, FolderForm(None, owner=request.user, is_new=True))


def _folders(request: AuthedRequest, form: FolderForm, *, status: int = 200, renamed: int = 0) -> HttpResponse:
    context = {"section": "saved", "folders": selectors.folders_of(request.user), "form": form, "renamed": renamed}
    return page(request, "posts/folders.html", context, status=status)


def _row(request: AuthedRequest, bookmark_id: int) -> HttpResponse:
    """The row as it is now, for HTMX."""
    anchor = f"#saved-{bookmark_id}"
    if not is_fragment(request):
        return redirect(back(request, reverse("posts:bookmarks")).partition("#")[0] + anchor)
    saved = selectors.saved(request.user, selectors.bookmark_for(request.user, bookmark_id))
    return render(request, FRAGMENT, {"saved": saved})


def _undo(was: str) -> str:
    return f"{reverse('posts:bookmark_restore')}?{urlencode({'was': was})}" if was else ""
