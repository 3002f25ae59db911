"""Imports: the run, its rows, and the column mappings that people chose before."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.choices import ImportStatus, RowStatus
from apps.core.models.files import StoredFile
from apps.core.models.jobs import Job


class ImportRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own imports; everybody's for an administrator."""
        if user.role == "admin":
            return self
        return self.filter(author=user)


class ImportRun(models.Model):
    """One file on its way into the base.

    `source` is kept unless the file was refused. `reading` holds what was detected or chosen
    (encoding, delimiter, heading line, styles), `mapping` column index → field, `policy` the choices
    of the last step, `preview` what the check found, `result` what an undo left standing.
    created + updated + unchanged + rejected = rows once the run is done.
    """

    kind = models.CharField(_("what is imported"), max_length=30)
    source = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", null=True)
    file_name = models.CharField(_("file"), max_length=150, default="")
    file_hash = models.CharField(max_length=64, blank=True, db_index=True)
    status = models.CharField(
        _("status"), max_length=10, choices=ImportStatus.choices, default=ImportStatus.UPLOADED
    )
    reading = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    policy = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    job = models.ForeignKey(Job, models.SET_NULL, related_name="+", null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]

    def __str__(self):
        return self.file_name

    @property
    def good_rows(self):
        return self.rows - self.rejected


class ImportRow(models.Model):
    """A row of the file and what became of it; `before` is what undo restores."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="import_rows")
    line = models.PositiveIntegerField(_("line"))
    cells = models.JSONField(default=list)
    status = models.CharField(
        _("status"), max_length=10, choices=RowStatus.choices, default=RowStatus.PENDING
    )
    errors = models.JSONField(default=list)
    object_id = models.PositiveBigIntegerField(null=True)
    before = models.JSONField(null=True)

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="one_row_a_line")]
        indexes = [models.Index(fields=["run", "status"], name="import_row_by_status")]

    def __str__(self):
        return f"{self.run_id}:{self.line}"


class ImportMapping(models.Model):
    """The columns a person chose for files with these headings, offered again next time."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    headings_hash = models.CharField(max_length=64)
    mapping = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints = [
            models.UniqueConstraint(
                fields=["author", "kind", "headings_hash"], name="one_mapping_a_heading"
            )
        ]

    def __str__(self):
        return self.kind
