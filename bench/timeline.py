"""Draws when each stage of a build ran. Standard library only."""

from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, ROW, TOP = 900, 110, 150, 30, 50
COLORS = ["#4c78a8", "#f58518", "#54a24b", "#e45756", "#72b7b2", "#b279a2", "#9d755d", "#eeca3b"]


def write(path, spans, title):
    """`spans`: name, begin and end in seconds, in any order."""
    spans = sorted(spans, key=lambda span: span[1])
    zero, end = min(s[1] for s in spans), max(s[2] for s in spans)
    scale = (WIDTH - LEFT - RIGHT) / max(end - zero, 0.001)
    height = TOP + ROW * len(spans) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="{LEFT}" y="26" font-size="16">{escape(title)}: {end - zero:.1f} s</text>',
    ]
    for tick in range(11):
        x = LEFT + (end - zero) * tick / 10 * scale
        parts.append(f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{height - 32}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{height - 14}" text-anchor="middle">{(end - zero) * tick / 10:.1f}</text>')
    for row, (name, begin, finish) in enumerate(spans):
        x, width, y = LEFT + (begin - zero) * scale, max((finish - begin) * scale, 1), TOP + row * ROW
        parts.append(f'<text x="{LEFT - 10}" y="{y + 16}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW - 8}" fill="{COLORS[row % len(COLORS)]}"/>')
        parts.append(f'<text x="{x + width + 6:.1f}" y="{y + 16}">{finish - begin:.1f} s</text>')
    with open(path, "w") as file:
        file.write("\n".join(parts + ["</svg>", ""]))
