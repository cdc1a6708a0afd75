"""Two readers, one codebook: who gave which code to which row, and how far they agree.

The codes are the readers' judgements, not facts of the sources. Disagreements are kept and shown, never averaged.
"""

from __future__ import annotations

import pandas as pd

from scidip.tables import load, names


def answers(codebook: str, table: str, items=None) -> pd.DataFrame:
    """Which reader gave which code to which row of `table`; one line per row and code that anybody gave.

    codebook: key of `codebooks`. items: keys of `table` to keep (default: all that were coded).
    Columns: item, code, name_en (of the code), said ("both", "a only", "b only"; "a" or "b" where the other reader
    has not coded that row at all). Empty as long as nothing is coded.
    """
    given = _given(codebook, table, items)
    codes = load("codes").set_index("id")
    read = given.groupby("item")["coder"].agg(set) if len(given) else {}
    lines = []
    for (item, code), group in given.groupby(["item", "code"], sort=False):
        coders = sorted(set(group["coder"]))
        said = "both" if len(coders) == 2 else f"{coders[0]} only" if len(read[item]) == 2 else coders[0]
        lines.append((item, code, codes.loc[code, "name_en"], said))
    return pd.DataFrame(lines, columns=["item", "code", "name_en", "said"])


def agreement(codebook: str, table: str, items=None) -> dict:
    """Krippendorff's alpha (nominal) between the two readers, over the rows that both coded.

    Where a codebook allows several codes, each pair of row and code is one yes-or-no decision; else each row is one.
    Returns items (rows coded by both), decisions, same (decisions alike), alpha (None where it is not defined: fewer
    than two readers, or no variation to agree on).
    """
    given = _given(codebook, table, items)
    per_item = given.groupby("item")["coder"].nunique()
    both = given[given["item"].isin(per_item[per_item == 2].index)]
    books = load("codebooks").set_index("id")
    several = codebook in books.index and bool(books.loc[codebook, "several"])
    if several:
        codes = list(load("codes").query("codebook == @codebook")["id"])
        pairs = pd.MultiIndex.from_product([both["item"].unique(), codes])
        votes = [pd.Series(pairs.isin(list(zip(part["item"], part["code"]))), index=pairs).astype(int)
                 for _, part in both.groupby("coder")]
    else:
        votes = [part.set_index("item")["code"] for _, part in both.groupby("coder")]
    if len(votes) < 2:
        return {"items": 0, "decisions": 0, "same": 0, "alpha": None}
    a, b = votes[0], votes[1].reindex(votes[0].index)
    found = {"items": both["item"].nunique(), "decisions": len(a), "same": int((a == b).sum()), "alpha": None}
    values = sorted(set(a) | set(b))
    if len(values) > 1:
        import krippendorff

        rank = {value: place for place, value in enumerate(values)}
        found["alpha"] = round(float(krippendorff.alpha([list(a.map(rank)), list(b.map(rank))], level_of_measurement="nominal")), 2)
    return found


def _given(codebook, table, items):
    rows = load("codings")
    rows = rows[(rows["codebook"] == codebook) & (rows["item_table"] == table)]
    return rows if items is None else rows[rows["item"].isin(list(items))]


def side_by_side(codebook: str, items=None) -> pd.DataFrame:
    """What each reader said, one line per coded row of any table; for codebooks with one code a row.

    items: keys to keep (default: all). Columns: item_table, item, a, b (names of the codes; missing where a reader has
    not coded the row), alike (True or False; missing unless both have).
    """
    rows = load("codings")
    rows = rows[rows["codebook"] == codebook]
    rows = rows if items is None else rows[rows["item"].isin(list(items))]
    doubled = rows[rows.duplicated(["item_table", "item", "coder"])]
    if len(doubled):
        raise ValueError(f"codings of {codebook}: {doubled['item'].iloc[0]} carries several codes of one reader, where one was "
                         "expected. Use answers() for codebooks that allow several codes.")
    label = load("codes").set_index("id")["name_en"]
    wide = rows.assign(said=rows["code"].map(label)).pivot(index=["item_table", "item"], columns="coder", values="said")
    wide = wide.reindex(columns=["a", "b"]).rename_axis(columns=None).reset_index()
    alike = (wide["a"] == wide["b"]).astype("boolean")
    return wide.assign(alike=alike.mask(wide["a"].isna() | wide["b"].isna()))


def alpha_interval(said: pd.DataFrame, draws: int = 500, seed: int = 2025) -> dict:
    """Krippendorff's alpha (nominal) of rows coded by both readers, with a bootstrap interval over rows.

    said: rows of `side_by_side`. Returns items, same, and alpha, low, high (2.5th and 97.5th percentile of `draws`
    seeded samples of rows, rounded to two digits), which are None where alpha is not defined.
    """
    both = said.dropna(subset=["a", "b"])
    found = {"items": len(both), "same": int((both["a"] == both["b"]).sum()), "alpha": None, "low": None, "high": None}
    values = sorted(set(both["a"]) | set(both["b"]))
    if len(values) < 2:
        return found
    import krippendorff
    import numpy as np

    rank = {value: place for place, value in enumerate(values)}
    votes = np.array([both["a"].map(rank), both["b"].map(rank)])
    random, samples = np.random.default_rng(seed), []
    for _ in range(draws):
        sample = votes[:, random.integers(0, len(both), len(both))]
        if len(np.unique(sample)) > 1:
            samples.append(krippendorff.alpha(sample, level_of_measurement="nominal", value_domain=list(rank.values())))
    low, high = np.percentile(samples, [2.5, 97.5])
    alpha = krippendorff.alpha(votes, level_of_measurement="nominal", value_domain=list(rank.values()))
    return found | {"alpha": round(float(alpha), 2), "low": round(float(low), 2), "high": round(float(high), 2)}


def texts(said: pd.DataFrame) -> pd.Series:
    """What the readers read: one text per line of `side_by_side`, for rows of every table that is coded.

    Activities and measures begin with who acts, findings with the text or meeting that they come from, entries of the
    chronology with their date; a pair of concepts is named by its two parts.
    """
    wording = {table: _WORDINGS[table](load(table).set_index("id")) for table in said["item_table"].unique()}
    read = [wording[row.item_table][row.item] for row in said.itertuples()]
    return pd.Series(read, index=said.index, name="text", dtype=object)


def _after(column, rows, text="name_en", *tables):
    """ "who: what" for each row, `who` by its name in one of the tables."""
    known = {key: name for table in tables for key, name in names(table).items()}
    return rows[column].map(known).fillna("no single actor") + ": " + rows[text]


_WORDINGS = {
    "activities": lambda rows: _after("actor", rows, "name_en", "people", "organisations"),
    "findings": lambda rows: _after("subject", rows, "point_en", "events", "documents", "sources"),
    "measures": lambda rows: _after("actor", rows, "name_en", "organisations"),
    "chronology": lambda rows: (rows["start"].fillna("no year") + " " + rows["name_en"]),
    "concept_pairs": lambda rows: rows["concept"].map(names("concepts")) + " and " + rows["other_concept"].map(names("concepts")),
}
