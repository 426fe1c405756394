"""Steps between the password and being here that are ours (the others are allauth's)."""

from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts import selectors
from apps.accounts.models import JoinRequest, User


class ApprovalStage(LoginStage):  # type: ignore[misc]
    """Whoever waits for staff, or was refused, gets no further than the page that says so."""

    key = "approval"
    urlname = "accounts:waiting"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        request = selectors.join_request_of(self.login.user)
        stops = request is not None and request.state != JoinRequest.State.ACCEPTED
        return (redirect(self.urlname) if stops else None), True


def waiting_stage(request: HttpRequest) -> ApprovalStage | None:
    """The stage in which this browser's log-in stands still; None when it does not wait for staff."""
    if isinstance(request.user, User):
        return None
    stage: ApprovalStage | None = LoginStageController.enter(request, ApprovalStage.key)
    if stage is not None and stage.login.user is None:  # waited, or was refused, for too long (services.purge)
        stage.abort()
        return None
    return stage
