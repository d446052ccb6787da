#!/usr/bin/env python3
"""Draws a flame graph of what perf recorded of a running server:

perf record --call-graph dwarf,16384 -F 499 -p PID -o perf.data -- sleep 5
perf script -i perf.data | tools/flame.py "tiles, 8 connections" > flame.svg
"""

import re
import sys
from html import escape

WIDTH, LINE, LEAST = 1200, 17, 3  # in pixels; what is narrower than LEAST is left out


def short(symbol):
    """A function's name without its types: `a::b::<c>::d` and `<a::b as c>::d` are `b::d`."""
    symbol = re.sub(r"(\+0x[0-9a-f]+)?( \(.*\))?$", "", symbol)
    symbol = re.sub(r"::h[0-9a-f]{16}$", "", symbol)
    implemented = re.match(r"<([\w:]+).*>::([\w{}#:]+)$", symbol)
    if implemented:
        symbol = "::".join(implemented.groups())
    while "<" in symbol and (less := re.sub(r"(::)?<[^<>]*>", "", symbol)) != symbol:
        symbol = less
    return "::".join(symbol.replace("::{{closure}}", "").split("::")[-2:])


def stacks(lines):
    """Each sample's functions, outermost first, a function that calls itself once."""
    stack = None
    for line in lines:
        if not line.strip():
            if stack:
                yield stack
            stack = None
        elif line[0] not in " \t":
            stack = []
        elif stack is not None and (name := short(line.split(maxsplit=1)[1].rstrip())):
            if not stack or stack[0] != name:
                stack.insert(0, name)


def grow(samples):
    root = [0, {}]
    for stack in samples:
        node = root
        node[0] += 1
        for name in stack:
            node = node[1].setdefault(name, [0, {}])
            node[0] += 1
    return root


def boxes(node, x, depth, scale):
    for name, child in sorted(node[1].items()):
        width = child[0] * scale
        if width >= LEAST:
            yield x, depth, width, name, child[0]
            yield from boxes(child, x, depth + 1, scale)
        x += width


def main():
    root = grow(stacks(sys.stdin))
    drawn = list(boxes(root, 0, 0, WIDTH / max(root[0], 1)))
    height = LINE * (max((box[1] for box in drawn), default=0) + 2)
    title = escape(f"{sys.argv[1] if len(sys.argv) > 1 else 'profile'} ({root[0]} samples)")
    print(f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' font-family='monospace' font-size='11'>")
    print(f"<rect width='{WIDTH}' height='{height}' fill='#fff'/><text x='4' y='12'>{title}</text>")
    for x, depth, width, name, count in drawn:
        y = height - LINE * (depth + 1)
        hue = 15 + sum(map(ord, name)) % 40
        share = f"{100 * count / root[0]:.1f} %"
        label = escape(name[: int(width / 6.7)]) if width > 20 else ""
        print(
            f"<g><title>{escape(name)}: {share}</title><rect x='{x:.1f}' y='{y}' width='{width:.1f}' height='{LINE - 1}'"
            f" fill='hsl({hue},80%,70%)'/><text x='{x + 2:.1f}' y='{y + 12}'>{label}</text></g>"
        )
    print("</svg>")


main()
