"""Forms of the site itself and of the welcome."""

from apps.web.forms.pages import DraftForm
from apps.web.forms.setup import AdministratorForm, CampusForm, DomainsForm
from apps.web.forms.welcome import STEPS

__all__ = ["STEPS", "AdministratorForm", "CampusForm", "DomainsForm", "DraftForm"]
