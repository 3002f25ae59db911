"""How much an import may hold; a refusal names the limit."""

MEGABYTE = 1024 * 1024

MAX_FILE_BYTES = 25 * MEGABYTE
MAX_ROWS = 200_000
MAX_COLUMNS = 200
# An office file unpacks some ten times; a bomb a thousand times.
MAX_ARCHIVE_ENTRIES = 1000
MAX_ARCHIVE_DIRECTORY_BYTES = MEGABYTE
MAX_UNPACKED_BYTES = 256 * MEGABYTE
MAX_UNPACKED_RATIO = 150
RATIO_COUNTS_FROM_BYTES = MEGABYTE
# A quote left open swallows the rest of the file: no honest cell has that many lines.
MAX_LINES_IN_A_ROW = 1000
MAX_SHOWN_VALUE = 100
EXTENSIONS = ("csv", "txt", "tsv", "xlsx")
