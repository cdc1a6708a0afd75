"""The built pages, in a real browser: at 1280 and at 390 px, light and dark."""

import functools
import html
import http.server
import re
import threading
import urllib.parse
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from browser import HOW_TO_MEND, find_browser
from conftest import ROOT
from figures import fault

HTML = ROOT / "_build" / "html"
PAGES = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html")
               if "_static" not in path.parts and path.name != "index.html" or path.parent.name == "book")
WIDTHS = (1280, 390)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
# Rows of a table page come from one template: some of them stand for all, which would take axe minutes.
ROWS_LEFT = 25
HIDE_MOST_ROWS = "left => document.querySelectorAll('.data-table tbody tr').forEach((row, n) => { if (n >= left) row.hidden = true })"
BUILD_FIRST = "There is no built book: run `make book` first (`make test` does)."


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    assert PAGES, BUILD_FIRST
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=str(HTML)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@pytest.fixture(scope="module")
def browser():
    program = find_browser()
    assert program, HOW_TO_MEND
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module", params=WIDTHS)
def page(request, browser):
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    tab = context.new_page()
    tab.faults = []
    tab.on("console", lambda message: tab.faults.append(message.text) if message.type == "error" else None)
    tab.on("response", lambda answer: tab.faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("request", lambda each: tab.faults.append(f"asks {each.url}")
           if not each.url.startswith(("http://127.0.0.1:", "data:", "file:", "blob:")) else None)
    yield tab
    context.close()


def test_there_is_a_built_book():
    assert len(PAGES) > 3, BUILD_FIRST


@pytest.mark.parametrize("name", PAGES)
def test_page(name, page, address):
    page.faults.clear()
    page.goto(address + name)
    page.wait_for_load_state("networkidle")
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "scrolls sideways"
    for alt, source in page.eval_on_selector_all(
            "main img", "all => all.map(each => [each.getAttribute('alt') || '', each.getAttribute('src')])"):
        assert fault(alt, source, "") is None, f"{source} {fault(alt, source, '')}"
    page.evaluate(HIDE_MOST_ROWS, ROWS_LEFT)
    check_accessibility(page, "light", {"resultTypes": ["violations"]})
    # Between the modes only colours differ.
    check_accessibility(page, "dark", {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]})
    assert not page.faults


def check_accessibility(page, mode, options):
    page.evaluate("mode => { document.documentElement.dataset.theme = mode; document.documentElement.dataset.mode = mode }", mode)
    page.wait_for_timeout(250)  # colours change over a fifth of a second
    # Without preloading: axe would look for imported styles beside the page and report its own misses.
    result = Axe().run(page, options=options | {"preload": False})
    assert result.violations_count == 0, f"{mode}: {result.generate_report()[:3000]}"


@pytest.mark.parametrize("name", ["book/index.html", "notebooks/fmstan.html", "book/tables/events.html"])
def test_page_opens_from_a_folder(name, page):
    page.faults.clear()
    page.goto((HTML / name).as_uri())
    page.wait_for_load_state("load")
    assert page.locator("article h1").first.is_visible()
    assert not page.faults


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_offers_for_download_is_there(name):
    page = HTML / name
    offered = re.findall(r"<a\b(?=[^>]*\sdownload[\s=>])[^>]*>", page.read_text(encoding="utf-8"))
    for target in (re.search(r"""href=["']([^"']+)["']""", link)[1] for link in offered):
        assert target.startswith("data:") or (page.parent / target).resolve().is_file(), target


@functools.lru_cache(maxsize=None)
def _places(page: Path) -> set[str]:
    """Every address inside a page that a link may point to."""
    return set(re.findall(r'''\b(?:id|name)=["\']([^"\']+)''', page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    """Links within the book end at a page, and at a place on it, that exist; those of computed sentences too."""
    here, dead = HTML / name, []
    for link in re.findall(r'<a\b[^>]*?\shref="([^"]*)"', here.read_text(encoding="utf-8")):
        target, _, place = html.unescape(link).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = here if not target else (here.parent / urllib.parse.unquote(target)).resolve()
        if not file.is_file() or (place and file.suffix == ".html" and urllib.parse.unquote(place) not in _places(file)):
            dead.append(link)
    assert not dead, f"dead links: {sorted(set(dead))[:10]}"


def test_a_row_has_an_address_and_tables_can_be_searched_and_sorted(page, address):
    page.goto(address + "book/tables/events.html#fmstan-2024-05-kigali")
    row = page.locator("tr#fmstan-2024-05-kigali")
    assert row.is_visible()
    page.fill(".data-tools input[type=search]", "kigali")
    shown = page.locator(".data-table tbody tr:visible")
    assert 0 < shown.count() < page.locator(".data-table tbody tr").count()
    assert all("kigali" in text.lower() for text in shown.all_text_contents())
    page.fill(".data-tools input[type=search]", "")
    if page.viewport_size["width"] > 600:
        page.get_by_role("button", name="start", exact=True).click()
    else:  # the heads of cards are out of sight
        page.select_option(".sort-by select", "start")
    column = page.eval_on_selector_all(".data-table tbody tr", "rows => rows.map(row => row.querySelector('[data-label=start]').textContent).filter(Boolean)")
    assert column == sorted(column)


def test_a_table_of_many_texts_shows_cards_that_can_be_sorted(page, address):
    page.goto(address + "book/tables/discrepancies.html")
    card = page.locator(".data-table tbody tr").first
    assert card.bounding_box()["width"] <= page.viewport_size["width"]
    page.select_option(".sort-by select", "subject_en")
    assert page.locator("td[data-label=rank]").first.text_content() != "1"
    page.select_option(".sort-by select", label="as listed")
    assert page.locator("td[data-label=rank]").first.text_content() == "1"


def test_rows_behind_a_chart_lead_to_their_own_place(page, address):
    page.goto(address + "notebooks/fmstan.html")
    page.locator("details.rows-behind summary").first.click()
    link = page.locator("details.rows-behind[open] tbody th a").first
    target = link.get_attribute("href").split("#")[1]
    link.click()
    page.wait_for_load_state("load")
    assert page.locator(f"tr[id='{target}']").is_visible()
