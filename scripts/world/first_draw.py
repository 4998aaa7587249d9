"""Times the dashboard's first picture beside an empty dashboard of Home Assistant, by turns in one run."""

import asyncio
from statistics import median
import sys

from playwright.async_api import Page  # type: ignore[import-not-found]

from scripts.waiting import until
from scripts.world.browser import Visitor, chromium
from scripts.world.journey import add_dashboard, furnish, states
from scripts.world.world import evening, world

ROUNDS = 7
AIM = 0.3
"""Seconds beyond an empty dashboard."""
EMPTY = "empty-page"
# Note the moment at which Home Assistant has made the view, which is all there is of an empty one.
NOTE_THE_VIEW = """() => {
    const has = (root) => [...root.querySelectorAll("*")].some((element) =>
        element.localName === "hui-view" || (element.shadowRoot && has(element.shadowRoot)));
    const seek = () => has(document) ? performance.mark("view") : requestAnimationFrame(seek);
    seek();
}"""
# Milliseconds from the navigation to an entry in the browser's list, and at least those until then.
MOMENT = """name => {
    const [entry] = performance.getEntriesByName(name);
    return entry ? entry.startTime + entry.duration : 0;
}"""


async def draw(page: Page, address: str, what: str) -> float:
    """Open a page anew, and return the seconds from the navigation until something is drawn."""
    await page.goto("about:blank")
    await page.goto(address)
    moment = await until(lambda: page.evaluate(MOMENT, what))
    # What Home Assistant still does in the background is not to count for the next page.
    await page.wait_for_timeout(1000)
    return float(moment) / 1000


async def main() -> int:
    """Draw both by turns, and print the medians."""
    time_zone = evening()
    async with (
        world(time_zone=time_zone) as around,
        around.home_assistant() as client,
        chromium(time_zone) as browser,
    ):
        place = await furnish(around, client)
        await until(
            lambda: states(client, place, ("heart_rate",)),
            met=lambda seen: seen["heart_rate"]["state"].isdecimal(),
        )
        await client.command("lovelace/dashboards/create", url_path=EMPTY, title="Empty", mode="storage")
        empty = {"views": [{"type": "sections", "sections": []}]}
        await client.command("lovelace/config/save", url_path=EMPTY, config=empty)
        pages = {
            "Empty dashboard": (f"{client.url}/{EMPTY}", "view"),
            "Ours, its view": (f"{client.url}{await add_dashboard(client)}", "view"),
            "Ours, with the chart": (f"{client.url}/heart-rate", "fitbit-cardiogram:draw"),
        }
        page = await browser.new_page()
        await Visitor(around, client, page).sign_in()
        await page.add_init_script(f"({NOTE_THE_VIEW})()")
        times: dict[str, list[float]] = {name: [] for name in pages}
        # The first round fills the browser's cache.
        for number in range(ROUNDS + 1):
            for name, (address, what) in pages.items():
                seconds = await draw(page, address, what)
                if number:
                    times[name].append(seconds)
    for name, taken in times.items():
        print(f"{name:22}{median(taken):6.2f} s  ({min(taken):.2f} to {max(taken):.2f})")
    beyond = median(times["Ours, with the chart"]) - median(times["Empty dashboard"])
    print(f"{'Beyond the empty one':22}{beyond:6.2f} s, of {AIM}")
    return int(beyond > AIM)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
