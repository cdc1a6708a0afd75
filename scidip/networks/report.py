"""One self-contained page from an executed notebook.

Markdown is rendered with HTML switched off and charts become pictures, so that nothing in a name can run. The page
loads nothing from elsewhere and its content policy forbids scripts altogether.
"""

from __future__ import annotations

import base64
from html import escape

_STYLE = """
body{font:17px/1.55 system-ui,sans-serif;color:#222;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1,h2{line-height:1.2}table{border-collapse:collapse;font-size:.9em;margin:1em 0;display:block;overflow-x:auto}
th,td{border-bottom:1px solid #ddd;padding:.25em .6em;text-align:left}figure{margin:1.5em 0}img{max-width:100%;height:auto}
figcaption{font-size:.92em;color:#444}pre{background:#f5f5f5;padding:.7em;overflow-x:auto;font-size:.85em}
details{margin:.5em 0}summary{cursor:pointer;color:#555;font-size:.85em}
"""


def render(notebook, title):
    """Return an executed notebook (nbformat) as one HTML page.

    Captions and alternative texts of charts come from the cells' metadata: `mystnb.figure.caption`, `mystnb.image.alt`.
    """
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    body = []
    for cell in notebook.cells:
        if "remove-cell" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            body.append(markdown.render(cell.source))
        elif cell.cell_type == "code":
            body += _code(cell, markdown)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _code(cell, markdown):
    hidden = "remove-input" in cell.metadata.get("tags", []) or not cell.get("outputs")  # the notebook has it all
    parts = [] if hidden else [f"<details><summary>code</summary><pre>{escape(cell.source)}</pre></details>"]
    look = cell.metadata.get("mystnb", {})
    caption, alt = look.get("figure", {}).get("caption", ""), look.get("image", {}).get("alt", "")
    for output in cell.get("outputs", []):
        parts.append(_output(output, markdown, caption, alt))
    return [part for part in parts if part]


def _output(output, markdown, caption, alt):
    if output.output_type == "stream":
        return f"<pre>{escape(output.text)}</pre>" if output.name == "stdout" else ""
    data = output.get("data", {})
    for kind in ("image/svg+xml", "image/png"):
        if kind in data:
            content = data[kind].encode("utf-8") if kind.endswith("xml") else base64.b64decode(data[kind])
            picture = f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
            return f'<figure><img alt="{escape(alt)}" src="{picture}"><figcaption>{escape(caption)}</figcaption></figure>'
    if "text/markdown" in data:
        return markdown.render(data["text/markdown"])
    if "text/html" in data:
        return data["text/html"] if _plain_table(data["text/html"]) else f"<pre>{escape(data.get('text/plain', ''))}</pre>"
    return f"<pre>{escape(data['text/plain'])}</pre>" if "text/plain" in data else ""


_TABLE_TAGS = frozenset("div table thead tbody tr th td p style".split())
_TABLE_ATTRIBUTES = frozenset("class border style scoped role tabindex aria-label".split())


def _plain_table(html):
    """Whether a piece of HTML is nothing but a table as pandas writes it, in its frame or not."""
    from html.parser import HTMLParser

    class Tags(HTMLParser):
        fine = True

        def handle_starttag(self, tag, attributes):
            self.fine &= tag in _TABLE_TAGS and {name for name, _ in attributes} <= _TABLE_ATTRIBUTES

        handle_startendtag = handle_starttag

    tags = Tags()
    tags.feed(html)
    tags.close()
    return bool(tags.fine)
