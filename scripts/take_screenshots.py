"""Take the README's screenshots from a running demo: `python -m scripts.take_screenshots http://127.0.0.1:8000`.

Names after the address take these alone.
"""

import io
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.services.chromium import exports

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
WIDTH, HEIGHT = 1280, 860
MOST_BYTES = 200 * 1024
COLOURS = (256, 128, 64, 32)
PASSWORD = "yunxi demo park"  # noqa: S105 - the demo's, shown on its sign-in page


@dataclass(frozen=True, slots=True)
class Shot:
    """A page as one person sees it; `click` opens the first match of a selector on it."""

    name: str
    email: str
    path: str
    click: str = ""


SHOTS = (
    Shot("search", "owner@zhengyang.example", "/search?q=五轴 钛合金 X≥500mm"),
    Shot("demand", "owner@zhengyang.example", "/demands", click="main tr:has(td:text-is('2')) a"),
    Shot("queue", "admin@yunxi.example", "/office"),
    Shot("order", "operator@lichuan.example", "/orders", click="main tr:has-text('已完成') a[href*='/orders/']"),
)


def main() -> None:
    """Each shot in a browser session of its own."""
    address, names = sys.argv[1].rstrip("/"), sys.argv[2:] or [shot.name for shot in SHOTS]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=exports()["GONGZAO_TEST_CHROMIUM"] or None, args=["--no-sandbox", "--disable-gpu"]
        )
        for shot in (shot for shot in SHOTS if shot.name in names):
            with signed_in(browser, address, shot) as page:
                picture = taken(page, address, shot)
            (FOLDER / f"{shot.name}.png").write_bytes(picture)
        browser.close()


@contextmanager
def signed_in(browser: Browser, address: str, shot: Shot) -> Generator[Page]:
    """A page, signed in as the shot's person."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.locator("input[name=email]:visible").fill(shot.email)
    page.locator("input[name=password]:visible").fill(PASSWORD)
    page.locator("input[name=password]:visible").press("Enter")
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def taken(page: Page, address: str, shot: Shot) -> bytes:
    """The first screen of the page, with as few colours as keep it small."""
    page.goto(f"{address}{shot.path}")
    if shot.click:
        page.locator(shot.click).first.click()
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    found = (_saved(picture, colours) for colours in COLOURS)
    return next((small for small in found if len(small) <= MOST_BYTES), _saved(picture, COLOURS[-1]))


def _saved(picture: Image.Image, colours: int) -> bytes:
    small = io.BytesIO()
    picture.quantize(colours, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main()
