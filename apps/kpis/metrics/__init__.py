"""The metrics of this room: sums of the facts that the night keeps."""

from apps.kpis.metrics import activity, money, pipeline, sources


def register() -> None:
    sources.register()
    money.register()
    pipeline.register()
    activity.register()
