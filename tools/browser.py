"""Find a browser for the page tests, or install one; say which, and fail in words when neither works."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge",
         "microsoft-edge", "microsoft-edge-stable")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
HOW_TO_MEND = ("The page tests need Chrome, Chromium or Edge, and none could be found or installed. Install one of "
               "them (Debian: apt-get install chromium), or set BOOK_BROWSER to the path of its program.")


def find_browser() -> str | None:
    """Path of a Chrome, Chromium or Edge: named by BOOK_BROWSER, on the PATH, in its usual place, or Playwright's."""
    named = os.environ.get("BOOK_BROWSER")
    if named:
        return named if Path(named).is_file() else None
    for name in NAMES:
        if shutil.which(name):
            return shutil.which(name)
    for place in PLACES:
        if Path(place).is_file():
            return place
    return playwrights_own()


def playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = driver.chromium.executable_path
    return path if Path(path).is_file() else None


def install_browser() -> None:
    """Debian's chromium where we are root and apt is there, else Playwright's own build."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("== no browser found; installing Debian's chromium for the page tests", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        if subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
                          env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}).returncode == 0:
            return
    print("== no browser found; installing Playwright's own for the page tests", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    path = find_browser()
    if path is None and not os.environ.get("BOOK_BROWSER"):
        install_browser()
        path = find_browser()
    if path is None:
        print(HOW_TO_MEND, file=sys.stderr)
        return 1
    print(f"== page tests use {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
