"""Forms of accounts. allauth's are taken as they are where nothing of ours is at stake."""

from apps.accounts.forms.people import (
    AddEmailForm,
    ConfirmEmailVerificationCodeForm,
    ProfileForm,
    SignupForm,
)

__all__ = ["AddEmailForm", "ConfirmEmailVerificationCodeForm", "ProfileForm", "SignupForm"]
