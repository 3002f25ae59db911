from apps.clients.forms.clients import AssignForm, ClientForm, ContactForm, SourceForm
from apps.clients.forms.filters import ClientFilter

__all__ = ["AssignForm", "ClientFilter", "ClientForm", "ContactForm", "SourceForm"]
