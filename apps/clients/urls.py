from django.urls import path

from apps.clients.views import clients, contacts, lists, owners, sources

app_name = "clients"
urlpatterns = [
    path("", lists.client_list, name="client_list"),
    path("export.<slug:kind>", lists.client_export, name="client_export"),
    path("new/", clients.client_create, name="client_create"),
    path("duplicates/", clients.duplicates, name="duplicates"),
    path("options/", clients.client_options, name="client_options"),
    path("sources/", sources.source_list, name="source_list"),
    path("sources/<int:pk>/", sources.source_change, name="source_change"),
    path("<int:pk>/", clients.client, name="client"),
    path("<int:pk>/edit/", clients.client_edit, name="client_edit"),
    path("<int:pk>/owner/", owners.client_assign, name="client_assign"),
    path("<int:pk>/archive/", owners.client_archive, name="client_archive"),
    path("<int:pk>/restore/", owners.client_restore, name="client_restore"),
    path("<int:client>/contacts/", contacts.contact_list, name="contact_list"),
    path("<int:client>/contacts/new/", contacts.contact_create, name="contact_create"),
    path("contacts/<int:pk>/", contacts.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/archive/", contacts.contact_archive, name="contact_archive"),
    path("contacts/<int:pk>/restore/", contacts.contact_restore, name="contact_restore"),
]
