"""What the theme leaves to be mended: a page asks no other host for anything, and a screen reader can name its parts.

Jupyter Book 1 adds scripts for live code (thebe), comments, widgets and formulas that this book does not use; some
come from elsewhere. They are dropped here, and a page that still names another host for a script, style or picture
fails the build.
"""

import re
from pathlib import Path

from sphinx.util import logging

LOG = logging.getLogger(__name__)
UNUSED = ("thebe", "require.js", "mathjax", "hypothes", "utteranc", "toggle", "design-tabs")
THEBE_SETTINGS = re.compile(r"<script type=\"text/x-thebe-config\">.*?</script>\s*<script>kernelName = '[^']*'</script>", re.DOTALL)
ELSEWHERE = re.compile(
    r"<(?:script|img|iframe|source|video)\b[^>]*\bsrc=[\"'](?:https?:)?//[^\"']+|<link\b(?=[^>]*rel=[\"'](?:stylesheet|preload|icon|preconnect))[^>]*\bhref=[\"'](?:https?:)?//[^\"']+",
    re.IGNORECASE,
)


#: Parts of the pages that a screen reader cannot name or would misname, and how they are mended.
NAMED_PARTS = (
    ('<div id="pst-primary-sidebar" class=', '<div id="pst-primary-sidebar" role="region" aria-label="Contents of the book" class='),
    ('<summary><span class="toctree-toggle"', '<summary aria-label="Show the pages below"><span class="toctree-toggle"'),
    # Roles of the bibliography that the standard has withdrawn since.
    (' role="doc-biblioentry"', ""),
    ('<div role="list" class="citation-list">', '<div class="citation-list">'),
)


def unused(asset) -> bool:
    """Whether a script or style, or the text of an inline script, belongs to something that the book does not use."""
    inline = str(getattr(asset, "attributes", {}).get("body", ""))
    return any(word in f"{getattr(asset, 'filename', asset)} {inline}".lower() for word in UNUSED)


def drop_unused(app, pagename, templatename, context, doctree):
    for kind in ("script_files", "css_files"):
        if kind in context:
            context[kind] = [asset for asset in context[kind] if not unused(asset)]
    if "body" in context:
        context["body"] = THEBE_SETTINGS.sub("", context["body"])


def finish_pages(app, exception):
    if exception or app.builder.format != "html":
        return
    for page in sorted(Path(app.outdir).rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        named = text
        for bare, with_name in NAMED_PARTS:
            named = named.replace(bare, with_name)
        if named != text:
            page.write_text(named, encoding="utf-8")
        found = ELSEWHERE.search(named)
        if found:
            LOG.warning("%s asks another host: %s", page.relative_to(app.outdir), found.group(0)[:120])


def setup(app):
    # After all extensions have added theirs.
    app.connect("html-page-context", drop_unused, priority=999)
    app.connect("build-finished", finish_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
