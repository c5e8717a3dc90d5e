"""The run as a table, as JSON and as a picture."""

COLUMNS = [
    ("enqueue_1", "1 a call", "{:,.0f}"), ("enqueue_10", "10", "{:,.0f}"), ("enqueue_100", "100", "{:,.0f}"),
    ("enqueue_1000", "1000", "{:,.0f}"), ("enqueue_copy", "COPY", "{:,.0f}"), ("drain_1", "1 process", "{:,.0f}"),
    ("drain_2", "2 processes", "{:,.0f}"), ("pickup_p50_ms", "p50 ms", "{:.2f}"), ("pickup_p99_ms", "p99 ms", "{:.2f}"),
    ("wal_bytes_per_job", "B/job", "{:,.0f}"),
]
GROUPS = [("", 1), ("enqueued a second", 5), ("drained a second", 2), ("pickup, idle", 2), ("log", 1)]

MEANING = {
    "drain_vs_best_peer": "drain, against the fastest rival",
    "drain_vs_sql_limit": "drain, against `batchlease` in bare SQL at the same batch",
    "drain_apart_vs_sql_limit": "the same for jobs that were enqueued one by one",
    "enqueue_vs_sql_limit": "one job a transaction, against a bare prepared INSERT of its body",
    "enqueue_vs_both": "the same against an INSERT of the body and its row in the line",
    "copy_vs_sql_limit": "many a transaction, against a bare COPY of their bodies",
    "copy_vs_both": "the same against a COPY of the bodies and one of their rows in the line",
    "pickup_p50_ms": "idle pickup, median",
    "pickup_p99_ms": "idle pickup, one in a hundred",
    "loaded_pickup_p50_ms": "pickup beside 2,000 jobs a second, median",
    "loaded_pickup_p99_ms": "pickup beside 2,000 jobs a second, one in a hundred",
    "wal_bytes_per_job": "bytes of log for a job, from claim to end",
    "blocked_key_ratio": "drain behind 100,000 jobs of a full key, against without them",
    "snapshot_ratio": "drain at the end of a held snapshot, against the same rounds without one",
    "snapshot_apart_ratio": "the same for jobs that were enqueued one by one",
}


def table(contenders):
    """- Parameter contenders: name and numbers of each, in the order they are to stand."""
    rows = [["", *(title for _, title, _ in COLUMNS)]]
    for name, numbers in contenders:
        rows.append([name, *(form.format(numbers[key]) if numbers.get(key) is not None else "–"
                             for key, _, form in COLUMNS)])
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    line, start = "", 0
    for title, count in GROUPS:
        width = sum(widths[start:start + count]) + 2 * (count - 1)
        line += (title if len(title) <= width else title[:width]).center(width) + "  "
        start += count
    lines = [line.rstrip()]
    for row in rows:
        lines.append("  ".join(cell.ljust(width) if index == 0 else cell.rjust(width)
                               for index, (cell, width) in enumerate(zip(row, widths))))
    return "\n".join(lines)


def ratios(summary, thresholds):
    """- Returns: the lines, and the names of those that missed their threshold."""
    lines, missed = [], []
    for name, meaning in MEANING.items():
        value = summary.get(name)
        if value is None:
            lines.append(f"  {name:24} {'–':>9}  {meaning}: not measured")
            continue
        verdict = ""
        if name in thresholds:
            low, high = thresholds[name].get("min"), thresholds[name].get("max")
            good = (low is None or value >= low) and (high is None or value <= high)
            verdict = f"  ({'at least' if low is not None else 'at most'} {low if low is not None else high}" + (
                ")" if good else ": MISSED)")
            if not good:
                missed.append(name)
        lines.append(f"  {name:24} {value:9.2f}  {meaning}{verdict}")
    return lines, missed


def svg(contenders, heading):
    """Bars of the drain rates, the longest the fastest."""
    bars = [(name, max(numbers.get("drain_1") or 0, numbers.get("drain_2") or 0)) for name, numbers in contenders]
    bars = sorted((bar for bar in bars if bar[1] > 0), key=lambda bar: -bar[1])
    top, height, left, width = 56, 30, 190, 460
    longest = max(value for _, value in bars)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 {top + height * len(bars) + 16}" '
        'font-family="system-ui, sans-serif" font-size="14">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        '<text x="16" y="24" font-size="16" font-weight="600">No-op jobs drained a second</text>',
        f'<text x="16" y="43" fill="#666" font-size="12">{heading}</text>',
    ]
    for index, (name, value) in enumerate(bars):
        y = top + index * height
        color = "#1f6feb" if name == "slipway" else "#b8c4d2" if name.startswith("bare") else "#7d8da1"
        length = max(2, value / longest * width)
        lines += [
            f'<text x="{left - 10}" y="{y + 19}" text-anchor="end">{name}</text>',
            f'<rect x="{left}" y="{y + 4}" width="{length:.0f}" height="20" rx="2" fill="{color}"/>',
            f'<text x="{left + length + 8:.0f}" y="{y + 19}" fill="#333">{value:,.0f}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])
