"""Static files under names that carry their hash, each with a gzip copy beside it."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's own rules for `import … from "./x.js"`, for our modules alone.
_stylesheets, _maps = CompressedManifestStaticFilesStorage.patterns[:2]
_modules = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns


class HashedStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = False
    patterns = (_stylesheets, _maps, ("js/*.js", _modules[1]))
    keep_only_hashed_files = True

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """Brotli is left out: it makes the collection twelve times slower for a few kilobytes."""
        return Compressor(**kwargs, use_brotli=False)
