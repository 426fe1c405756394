"""Forms of accounts. allauth's are taken as they are where nothing of ours is at stake."""

from apps.accounts.forms.entry import (
    InvitationForm,
    ReasonForm,
    VerificationCodeForm,
    WideInvitationForm,
    invitation_form,
)
from apps.accounts.forms.people import (
    AddEmailForm,
    ConfirmEmailVerificationCodeForm,
    SignupForm,
)
from apps.accounts.forms.privacy import PrivacyForm
from apps.accounts.forms.profile import (
    CoursesForm,
    LinkForm,
    LinksReachForm,
    ProfileForm,
    StatusForm,
    StudiesForm,
)
from apps.accounts.forms.sso import CampusSignupForm, ResetPasswordForm

__all__ = [
    "AddEmailForm",
    "CampusSignupForm",
    "ConfirmEmailVerificationCodeForm",
    "CoursesForm",
    "InvitationForm",
    "LinkForm",
    "LinksReachForm",
    "PrivacyForm",
    "ProfileForm",
    "ReasonForm",
    "ResetPasswordForm",
    "SignupForm",
    "StatusForm",
    "StudiesForm",
    "VerificationCodeForm",
    "WideInvitationForm",
    "invitation_form",
]
