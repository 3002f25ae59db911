from django.urls import path

from apps.clients.views import clients, consents, contacts, lists, merging, owners, sources, tags

app_name = "clients"
urlpatterns = [
    path("", lists.client_list, name="client_list"),
    path("export.<slug:kind>", lists.client_export, name="client_export"),
    path("new/", clients.client_create, name="client_create"),
    path("duplicates/", clients.duplicates, name="duplicates"),
    path("options/", clients.client_options, name="client_options"),
    path("tags/options/", tags.tag_options, name="tag_options"),
    path("sources/", sources.source_list, name="source_list"),
    path("sources/<int:pk>/", sources.source_change, name="source_change"),
    path("<int:pk>/", clients.client, name="client"),
    path("<int:pk>/edit/", clients.client_edit, name="client_edit"),
    path("<int:pk>/owner/", owners.client_assign, name="client_assign"),
    path("<int:pk>/archive/", owners.client_archive, name="client_archive"),
    path("<int:pk>/restore/", owners.client_restore, name="client_restore"),
    path("<int:client>/contacts/", contacts.contact_list, name="contact_list"),
    path("<int:client>/contacts/new/", contacts.contact_create, name="contact_create"),
    path("<int:pk>/tag/", tags.client_tag, name="client_tag"),
    path("<int:pk>/tags/", tags.client_tags, name="client_tags"),
    path("<int:pk>/merge/", merging.client_merge_with, name="client_merge_with"),
    path("<int:pk>/merge/<int:other>/", merging.client_merge, name="client_merge"),
    path("<int:pk>/merges/", merging.client_merges, name="client_merges"),
    path("<int:pk>/consents/", consents.client_consents, name="client_consents"),
    path("<int:pk>/consents/new/", consents.consent_create, name="consent_create"),
    path("consents/<int:pk>/withdraw/", consents.consent_withdraw, name="consent_withdraw"),
    path("duplicates/all/", merging.duplicate_list, name="duplicate_list"),
    path("duplicates/search/", merging.duplicate_search, name="duplicate_search"),
    path(
        "duplicates/<int:pk>/<int:other>/different/",
        merging.duplicate_different,
        name="duplicate_different",
    ),
    path("merges/<int:pk>/", merging.merge, name="merge"),
    path("merges/<int:pk>/undo/", merging.merge_undo, name="merge_undo"),
    path("contacts/<int:pk>/merge/<int:other>/", merging.contact_merge, name="contact_merge"),
    path("contacts/<int:pk>/", contacts.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/archive/", contacts.contact_archive, name="contact_archive"),
    path("contacts/<int:pk>/restore/", contacts.contact_restore, name="contact_restore"),
]
