"""Draws the brand images of the integration from docs/images/icon.svg, for light and for dark pages."""

import asyncio
import re

from scripts.distribution.package import COMPONENT, ROOT
from scripts.world.browser import chromium

FOLDER = COMPONENT / "brand"
SIZE = 256
LOGO_WIDTH = 830
# The heart and the words, by the page that they stand on.
COLOURS = {"": ("#e0315b", "#1c1c1e"), "dark_": ("#f0507a", "#ffffff")}
WORDS = (
    '<g font-family="DejaVu Sans, sans-serif" font-weight="600" font-size="84" fill="{colour}">'
    '<text x="270" y="118">Fitbit to</text><text x="270" y="212">Cardiogram</text></g>'
)


def drawing(heart: str, width: int, words: str = "") -> str:
    """Return the icon in a colour, with words to its right."""
    icon = (ROOT / "docs" / "images" / "icon.svg").read_text().replace(COLOURS[""][0], heart)
    inner = re.sub(r"</?svg[^>]*>", "", icon)
    size = f'width="{width}" height="{SIZE}" viewBox="0 0 {width} {SIZE}"'
    return f'<body style="margin: 0"><svg xmlns="http://www.w3.org/2000/svg" {size}>{inner}{words}</svg>'


async def main() -> None:
    """Draw icon and logo, in both sizes and for both pages."""
    for scale, suffix in ((1, ""), (2, "@2x")):
        async with chromium("UTC", device_scale_factor=scale) as browser:
            page = await browser.new_page()
            for prefix, (heart, words) in COLOURS.items():
                drawings = {
                    "icon": (SIZE, drawing(heart, SIZE)),
                    "logo": (LOGO_WIDTH, drawing(heart, LOGO_WIDTH, WORDS.format(colour=words))),
                }
                for name, (width, content) in drawings.items():
                    await page.set_viewport_size({"width": width, "height": SIZE})
                    await page.set_content(content)
                    await page.screenshot(path=FOLDER / f"{prefix}{name}{suffix}.png", omit_background=True)


if __name__ == "__main__":
    asyncio.run(main())
