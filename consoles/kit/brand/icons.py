"""Draws the icons that cannot be SVG, from the geometry of public/favicon.svg: `python consoles/kit/brand/icons.py` (needs Pillow)."""

from pathlib import Path

from PIL import Image, ImageDraw

FINER = 4
GROUND, INK, FAINT = (14, 124, 134, 255), (255, 255, 255, 255), (122, 184, 190, 255)
LINES = (((12, 4), (12, 12), (4, 20)), ((4, 12), (20, 12), (20, 20)))
JOINED = ((12, 4), (4, 12), (12, 12), (20, 12), (4, 20), (20, 20))
LEFT = ((4, 4), (20, 4), (12, 20))


def icon(size: int, corner: float, mark: float) -> Image.Image:
    """The mark on its ground; `corner` and `mark` (how wide it is) are shares of the size."""
    whole = size * FINER
    drawn = Image.new("RGBA", (whole, whole), (0, 0, 0, 0))
    pen = ImageDraw.Draw(drawn)
    pen.rounded_rectangle((0, 0, whole - 1, whole - 1), whole * corner, fill=GROUND)
    unit = whole * mark / 24
    edge = (whole - 24 * unit) / 2

    def at(point: tuple[int, int]) -> tuple[float, float]:
        return edge + point[0] * unit, edge + point[1] * unit

    def dot(point: tuple[int, int], radius: float, color: tuple[int, int, int, int]) -> None:
        x, y = at(point)
        pen.ellipse((x - radius * unit, y - radius * unit, x + radius * unit, y + radius * unit), fill=color)

    for line in LINES:
        pen.line([at(point) for point in line], fill=INK, width=round(2.4 * unit), joint="curve")
    for point in LEFT:
        dot(point, 1.9, FAINT)
    for point in JOINED:
        dot(point, 2.7, INK)
    return drawn.resize((size, size), Image.Resampling.LANCZOS)


here = Path(__file__).parent
for name, size, corner, mark in (
    ("icon-192.png", 192, 0.22, 0.75),
    ("icon-512.png", 512, 0.22, 0.75),
    ("icon-maskable-512.png", 512, 0.0, 0.58),
    ("apple-touch-icon.png", 180, 0.0, 0.68),
):
    icon(size, corner, mark).save(here / "public" / name, optimize=True)
