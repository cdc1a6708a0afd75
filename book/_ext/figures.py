"""No picture without a text that says what it shows.

MyST-NB gives a chart without alt text the hashed name of its file, which a screen reader reads aloud and a check
for "alt is there" passes. Any picture without a real text is a warning here, and warnings fail the build.
"""

import re
from pathlib import PurePosixPath

from docutils import nodes
from sphinx.util import logging

LOG = logging.getLogger(__name__)
SHORTEST = 25
FILE_NAME = re.compile(r"^[\w./-]*\.(svg|png|jpe?g|gif)$|^[0-9a-f]{32,}", re.IGNORECASE)


def fault(alt: str, uri: str, name: str) -> str | None:
    """What is wrong with an alt text, in words; None if nothing is."""
    text = (alt or "").strip()
    if not text:
        return "has no alt text"
    if FILE_NAME.match(text) or text == PurePosixPath(uri).stem:
        return f"has a file name for alt text: {text!r}"
    if text == name:
        return "has its own label for alt text"
    if len(text) < SHORTEST:
        return f"has an alt text too short to state a finding: {text!r}"
    return None


def check(app, doctree):
    for image in doctree.findall(nodes.image):
        parent = image.parent
        name = parent.get("names", [""])[0] if isinstance(parent, nodes.figure) and parent.get("names") else ""
        found = fault(image.get("alt", ""), image.get("uri", ""), name)
        if found:
            LOG.warning(
                "a chart %s; give the cell metadata mystnb.image.alt (one or two sentences that state the finding)",
                found, location=image, type="house", subtype="alt",
            )


def setup(app):
    app.connect("doctree-read", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
