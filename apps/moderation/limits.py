from apps.kernel.limits import HOUR, Limit

LIMITS = {
    "report.file": Limit(20, per=HOUR),  # a bad evening on a busy thread, not a campaign
}
