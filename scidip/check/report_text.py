"""The report's text in segments: paragraphs, figure rows, bullets, notes and programme lines, each with its locator.

The text is what a program took out of the printed pages: a page begins with a space, lines break where they broke in
print, notes stand at the foot of their page, running heads and chapter tabs in between. `segments` undoes that. A
segment's `text` is normalised (`normal`), so that tokens can be looked for as plain substrings; `context` holds the
headings that it stands under inside its section (a country and a topic in 3.2.2, the caption above a figure's rows, the
session and role above a speaker), which belong to it as a table's header belongs to a row.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

# What stands for a hyphen in print differs from page to page; so do quotation marks and the sign for "from ... to".
SAME = str.maketrans({**dict.fromkeys("‐‑‒–—―−﹣⁃", "-"), **dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‘’‛′", "'"),
                      **dict.fromkeys("〜∼", "~"), "\u00ad": None, "\ufffd": None, "\u200b": None})
HEADINGS = (
    (r"はじめに$", "intro"),
    (r"([1-4]\.\d(?:\.\d)?)\s", None),  # the number is the locator
    (r"コラム(\d)$", "col"),
    (r"おわりに", "closing"),
    (r"付録①：", "app1"),
    (r"付録②：", "app2"),
    (r"付録③：", "app3"),
)
CHAPTER = re.compile(r"[1-9]\t")
NOTE = re.compile(r"(\d{1,2})\t")
FIGURE = re.compile(r"【図表(\d+)】")
FIGURE_END = re.compile(r"(出典：|各種資料を(基|もと)に)")
BULLET = re.compile(r"[●・]")
CIRCLED = re.compile(r"[①-⑳]")
BLOCK_START = re.compile(r"[●※【]|\d+[．.]|[（(]\d+[）)]")
SENTENCE_END = re.compile(r"[。：:」』）)”\"]\s*\d{0,2}\s*$")
HARD_END = re.compile(r"[。：:]\s*\d{0,2}\s*$")
SHORT_TITLE = re.compile(r"[^：。、]{1,12}：")
LABEL = re.compile(r"[^。、：「」]{2,24}：")
LONGEST_BRACKET = 150  # letters; a bracket that stays open for longer was forgotten in print
NUMBERED_TITLE = re.compile(r"\d+．")
FURNITURE = "国立研究開発法人科学技術振興機構 研究開発戦略センター"
BRACKETS = dict(zip("（「『〈【(", "）」』〉】)"))
COUNTRY_HEADINGS = {"米国", "英国", "カナダ", "フランス", "ドイツ"}
# First line of a row in a figure; other lines continue the row above.
ROW_STARTS = {
    "fig3": r"\d{4}年\d{1,2}月",
    "fig4": r"\d{4}－\s*$|※",
    "fig6": r"\d{4}年",
    "fig7": r"\d{4}年",
    "fig9": r"\d{4}年",
    "fig10": r"（前身）|第\d+回",
    "fig11": r"20\d\d年",
}
NEVER = r"(?!)"  # figures whose content is a picture
# Lines of print are about 48 full-width letters wide in a section and 38 in a column; a shorter one ends a paragraph.
FULL_LINE = {"col": 28.0, "other": 38.0}
FIG2_FULL_LINE = 24.5
FIG2_PARTICLE = re.compile(r"[でにをはがと]$")
FIG2_END = re.compile(r"[（(]\d{4}[^）)－]*[）)]$")  # an entry ends with its year
FIG2_GOES_ON = re.compile(r"年度[）)]$")
FIG2_ADOPTED = "等が採択された"  # an entry tells what an event adopted in a line of its own
TIME = re.compile(r"＜?\s*\d{1,2}：\d{2}-\d{1,2}：\d{2}")


@dataclass(frozen=True)
class Segment:
    """One paragraph, row, bullet, note or line of a programme.

    `locator` as in the tables, `number` counts the segments of a locator from 1, `kind` is text, heading, row, note or
    line, `line` is the first line of the text file.
    """

    locator: str
    number: int
    kind: str
    line: int
    printed: str
    text: str
    context: str
    notes: frozenset[str] = frozenset()  # locators of the notes at the foot of its pages

    @property
    def note_marks(self) -> frozenset[str]:
        """Numbers that may stand in the text as marks of notes."""
        return frozenset(name.rpartition("note")[2] for name in self.notes)

    @property
    def whole(self) -> str:
        """The headings that it stands under, and its text."""
        return f"{self.context}\n{self.text}" if self.context else self.text


def normal(text: str) -> str:
    """Comparable text: NFKC, no spaces or line breaks, no soft hyphens or lost letters, one kind of hyphen and quote."""
    plain = unicodedata.normalize("NFKC", text.translate(SAME)).translate(SAME)
    return unicodedata.normalize("NFKC", re.sub(r"\s+", "", plain))


def width(line: str) -> float:
    """Width of a line in full-width letters."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.5 for c in line.strip())


@dataclass
class _Line:
    number: int
    text: str
    page: int
    blank_before: bool = False


def read(path: Path) -> list[Segment]:
    """Segments of the report's text file."""
    return segments(Path(path).read_text(encoding="utf-8"))


def segments(text: str) -> list[Segment]:
    """Segments of the report's text, in its order, notes last."""
    body, notes, heads = _pages(text.split("\n"))
    builder = _Builder(_marks_by_page(notes))
    pages: dict[int, list[str]] = {}
    for locator, lines in _sections(body):
        builder.add_section(locator, lines)
        for line in lines:
            pages.setdefault(line.page, []).append(locator)
    for head in heads:  # a running head belongs to every section of its page
        for locator in dict.fromkeys(pages.get(head[0].page, [])):
            builder.add(locator, "heading", head)
    for note in notes:
        builder.add_note(*note)
    return builder.done


def _pages(lines):
    """Body lines, notes and running heads. A page starts with a space or after a running head; its notes run to its end."""
    body, notes, heads = [], [], []
    page, in_notes, blank, skipping, intro = 0, False, False, False, True
    for number, raw in enumerate(lines, 1):
        text = raw.strip()
        if FURNITURE in raw:
            heads.append([_Line(number, text, page)])
            page, in_notes, skipping, blank = page + 1, False, True, True
            continue
        if skipping and (not text or text.startswith("調査報告書") or width(text) <= 4):
            if text.startswith("調査報告書"):
                heads[-1].append(_Line(number, text, page))
            continue  # the running title and the letters of the chapter tab, one or a few a line
        skipping = False
        if raw.startswith(" ") and text:
            page, in_notes, blank = page + 1, False, True
            if CHAPTER.match(text):
                intro = False
                continue
        if not text:
            blank = True
            continue
        note = NOTE.match(raw)
        if note:
            in_notes = True
            name = f"intro-note{note[1]}" if intro else f"note{note[1]}"
            notes.append((name, number, page, [raw[note.end():].strip()]))
        elif in_notes:
            notes[-1][3].append(text)
        else:
            body.append(_Line(number, raw.rstrip().removeprefix(" "), page, blank))
        blank = False
    return body, notes, heads


def _marks_by_page(notes):
    marks = {}
    for name, _, page, _ in notes:
        marks.setdefault(page, set()).add(name)
    return marks


def _sections(body):
    """Runs of lines with their locator; a figure's lines apart from the section around them."""
    current, figure, run = "intro", None, []
    after_figure = []
    for line in body:
        text = line.text.strip()
        locator = None if figure else _heading(text, line.blank_before, current)
        if locator:
            yield from _flush(current, run, after_figure)
            current, run, after_figure = locator, [line], []
            continue
        start = FIGURE.match(text)
        if start and not figure:
            figure = (f"fig{start[1]}", [line])
            continue
        if figure:
            figure[1].append(line)
            if FIGURE_END.match(text):
                after_figure.append(figure)
                figure = None
            continue
        run.append(line)
    yield from _flush(current, run, after_figure)


def _flush(locator, run, figures):
    if run:
        yield locator, run
    yield from figures


def _heading(text, blank_before, current):
    for pattern, locator in HEADINGS:
        match = re.match(pattern, text)
        if match and blank_before:
            return match[1] if locator is None else f"col{match[1]}" if locator == "col" else locator
    if current in ("app1", "app2") and text.startswith("プログラム"):
        return f"{current}-programme"
    return None


class _Builder:
    def __init__(self, marks):
        self.marks = marks
        self.done = []
        self.counts = {}

    def add(self, locator, kind, lines, context=()):
        printed = " ".join(line.text.strip() for line in lines)
        text = normal("".join(line.text for line in lines))
        if not text:
            return
        self.counts[locator] = self.counts.get(locator, 0) + 1
        marks = frozenset().union(*(self.marks.get(line.page, set()) for line in lines))
        self.done.append(Segment(locator, self.counts[locator], kind, lines[0].number, printed, text,
                                 "\n".join(normal(c) for c in context if c), marks))

    def add_note(self, name, number, page, lines):
        self.add(name, "note", [_Line(number + n, line, -1) for n, line in enumerate(lines)])

    def add_section(self, locator, lines):
        if locator == "fig2":
            self._fig2(lines)
        elif locator == "fig8":
            self._fig8(lines)
        elif locator.startswith("fig"):
            self._figure(locator, lines)
        elif locator == "app1-programme":
            self._programme1(lines)
        elif locator == "app2-programme":
            self._programme2(lines)
        else:
            self._prose(locator, lines)

    # -- prose ---------------------------------------------------------------------------------------------------------
    def _prose(self, locator, lines):
        full = FULL_LINE["col" if locator.startswith("col") else "other"]
        upper = lower = ""
        listed = False
        if locator.startswith("col"):
            title = next((n for n, line in enumerate(lines) if n > 1 and line.blank_before), len(lines))
            self.add(locator, "heading", lines[:1])
            self.add(locator, "heading", lines[1:title])  # a column's title runs over several lines
            lines = lines[title:]
        for number, block in enumerate(_paragraphs(lines, full) if lines else ()):
            text = " ".join(line.text.strip() for line in block)
            if number == 0 and _heading(lines[0].text.strip(), True, ""):
                self.add(locator, "heading", block)  # the section's own title; it is no part of its paragraphs
            elif _is_heading(block, full):
                self.add(locator, "heading", block)
                if text.strip() in COUNTRY_HEADINGS:
                    upper, lower = text, ""
                else:
                    lower = text
            else:
                bullet = bool(BULLET.match(text))
                if listed and not bullet and locator == "col2":
                    lower = ""  # the list under that heading is over
                listed = bullet
                self.add(locator, "text", block, (upper, lower))

    # -- figures -------------------------------------------------------------------------------------------------------
    def _figure(self, locator, lines):
        caption, header, rows = lines[0], [], []
        for line in lines[1:]:
            text = line.text.strip()
            if FIGURE_END.match(text):
                rows.append(("heading", [line]))
            elif re.match(ROW_STARTS.get(locator, NEVER), text) and not (locator == "fig11" and _open("".join(
                    part.text for part in (rows[-1][1] if rows else [])))):
                rows.append(("row", [line]))
            elif rows:
                rows[-1][1].append(line)
            else:
                header.append(line)
        self.add(locator, "heading", [caption])
        title = FIGURE.sub("", caption.text)
        for kind, block in rows:
            self.add(locator, kind, block, (title,) if kind == "row" else ())

    def _fig8(self, lines):
        title, rows = FIGURE.sub("", lines[0].text), []
        for line, following in zip(lines[1:], [*lines[2:], lines[-1]]):
            if FIGURE_END.match(line.text.strip()):
                rows.append(("heading", [line]))
            elif re.match(r"（[A-Z]", following.text.strip()):
                rows.append(("row", [line]))
            elif rows:
                rows[-1][1].append(line)
        self.add("fig8", "heading", lines[:1])
        for kind, block in rows:
            self.add("fig8", kind, block, (title,) if kind == "row" else ())

    def _fig2(self, lines):
        """Entries wrap at some 26 letters and nothing marks where one begins: a line that is not full ends an entry,
        unless a bracket is open or the next line begins with the bracket that was moved there."""
        self.add("fig2", "heading", lines[:1])
        era, entry = "", []

        def close():
            nonlocal entry
            if entry:
                self.add("fig2", "row", entry, (era,))
            entry = []

        for line, following in zip(lines[1:], [*lines[2:], None]):
            text = line.text.strip()
            if re.match(r"\d{4}(－\d{2})?年代", text):
                close()
                era = text
                self.add("fig2", "heading", [line])
                continue
            if FIGURE_END.match(text) or text.startswith("日本の出来事"):
                close()
                self.add("fig2", "heading", [line])
                continue
            entry.append(line)
            joined = "".join(part.text.strip() for part in entry)
            ahead = following.text.strip() if following else ""
            continues = (
                (width(text) >= FIG2_FULL_LINE - bool(FIG2_PARTICLE.search(text)) and not FIG2_END.search(text) and not following.blank_before)
                or FIG2_GOES_ON.search(text) or FIG2_ADOPTED in ahead or _open(joined) or re.match(r"（\d{4}|⇒", ahead)
            )
            if not continues:
                close()
        close()

    # -- programmes ----------------------------------------------------------------------------------------------------
    def _programme1(self, lines):
        """A line a speaker; session, slot and role stand above. A line without a name continues the one above."""
        session = slot = role = ""
        blocks = [("heading", lines[:1], ())]
        for line in lines[1:]:
            text = line.text.strip()
            cells = [cell.strip() for cell in line.text.split("\t")]
            if TIME.match(text):
                role = ""
                if "セッション" in text or "総括" in text:
                    session, slot = text, ""
                    blocks.append(("heading", [line], ()))
                else:
                    slot = text
                    blocks.append(("line", [line], (session,)))
                continue
            if text.endswith(("：", ":")) or "：\ufffd" in text:
                role = text
                blocks.append(("heading", [line], (session, slot)))
                continue
            if len(cells) >= 3 and cells[0]:
                role = cells[0]
            if blocks and _continues_speaker(line.text) and blocks[-1][0] == "line":
                blocks[-1][1].append(line)
            else:
                blocks.append(("line", [line], (session, slot, role)))
        for kind, block, context in blocks:
            self.add("app1-programme", kind, block, context)

    def _programme2(self, lines):
        session = slot = role = ""
        blocks = [("heading", lines[:1], ())]
        for line in lines[1:]:
            text = line.text.strip()
            time = TIME.match(text)
            if time:
                slot, role = text.split("●")[0], ""
                blocks.append(("line", [line], (session,)))
            elif text == "時間 内容":
                blocks.append(("heading", [line], ()))
            elif text.startswith("セッション") or text.endswith("挨拶"):
                session, slot, role = text, "", ""
                blocks.append(("heading", [line], ()))
            elif text.startswith("【"):
                role = text
                blocks.append(("heading", [line], (session, slot)))
            elif text.startswith("●"):
                blocks.append(("line", [line], (session, slot, role)))
            elif blocks and (not line.blank_before or _unfinished(blocks[-1][1])):
                blocks[-1][1].append(line)
                slot = f"{slot} {text}" if TIME.match(blocks[-1][1][0].text.strip()) else slot
            else:
                slot = f"{slot} {text}"
                blocks.append(("line", [line], (session, slot)))
        for kind, block, context in blocks:
            self.add("app2-programme", kind, block, context)


def _paragraphs(lines, full):
    """Blocks of lines that belong together."""
    block = []
    for line in lines:
        if block and not _goes_on(block, line, full):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _goes_on(block, line, full):
    last, text = block[-1].text.strip(), line.text.strip()
    joined = "".join(part.text for part in block)
    if BLOCK_START.match(text) and not _inline_number(joined, text):
        return False
    if CIRCLED.match(text) and SENTENCE_END.search(last):
        return False
    if SHORT_TITLE.fullmatch(text) or text in COUNTRY_HEADINGS or (LABEL.match(text) and last.endswith("。")):
        return False
    if _open(joined[-LONGEST_BRACKET:]):
        return True
    if LABEL.match(text) and not line.blank_before and not SHORT_TITLE.fullmatch(last) and re.search(r"\d|：", last):
        return True  # date, place, organisers under each other: one block
    if NUMBERED_TITLE.match(block[0].text.strip()) and not re.search("[。]", joined):
        return False
    ended = bool(SENTENCE_END.search(last))
    if line.blank_before:
        least = full + 7.5 if full < 30 and joined.startswith("●") else full - 4  # bullets of columns are lists of names
        return not HARD_END.search(last) and width(last) >= least and not joined.strip().startswith("※")
    return width(last) >= full or (not ended and width(last) >= full - 6)


def _inline_number(joined, text):
    """A line may begin with a number that only happens to be followed by a dot, or with a quoted (4)."""
    return bool(re.match(r"\d+[．.]\d", text)) or (_open(joined) and not re.match(r"[●※]", text))


def _is_heading(block, full):
    text = "".join(line.text.strip() for line in block)
    if BULLET.match(text) or text.startswith("※") or CIRCLED.match(text):
        return False
    if "。" in text or len(block) > 3:
        return False
    if NUMBERED_TITLE.match(text) or text.endswith(("：", ":")):
        return True
    limit = full * 1.35 if len(block) == 1 and block[0].blank_before else full
    return width(text) < limit and not re.search(r"[：:].|\d{4}年", text)


def _open(text):
    """Is a bracket still open?"""
    depth = []
    for letter in unicodedata.normalize("NFC", text):
        if letter in BRACKETS:
            depth.append(BRACKETS[letter])
        elif depth and (letter == depth[-1] or {letter, depth[-1]} <= set("）)")):
            depth.pop()
    return bool(depth)


def _continues_speaker(text):
    return not re.search(r"[\t\u3000：・ ]", text.strip()) and not re.match(r"\d", text.strip())


def _unfinished(block):
    text = "".join(line.text for line in block).rstrip()
    return text.endswith(",") or text.count("”") % 2 == 1


def by_locator(found: list[Segment]) -> dict[str, list[Segment]]:
    """Segments of each locator, in order."""
    places: dict[str, list[Segment]] = {}
    for segment in found:
        places.setdefault(segment.locator, []).append(segment)
    return places
