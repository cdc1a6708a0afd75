"""Where two sources disagree: the tables as they would be if the claim that is not held were right."""

from __future__ import annotations

import pandas as pd

from scidip.tables import load


def as_if(table: str, discrepancy: str, rows=None, folder=None) -> pd.DataFrame:
    """A table with the other claim of one discrepancy in place of the one that the book holds to.

    table: its name. discrepancy: a key of `discrepancies`. rows: keys of the table to change (default: all that
    `discrepancy_rows` names; where both claims stand as rows of their own, name those of one claim, or both are turned).
    A row whose key the other claim leaves empty would not be there at all, and is dropped. Columns and types as in `load`.
    Raises KeyError if no row of the table hangs on that discrepancy.
    """
    frame = load(table, folder).set_index("id", drop=False)
    turned = load("discrepancy_rows", folder)
    turned = turned[(turned["discrepancy"] == discrepancy) & (turned["table"] == table)]
    turned = turned if rows is None else turned[turned["row"].isin(list(rows))]
    if turned.empty:
        raise KeyError(f"no row of {table} hangs on the discrepancy {discrepancy!r}; see the table discrepancy_rows")
    for change in turned.itertuples():
        if change.field == "id":
            frame = frame.drop(index=change.row)
        else:
            frame.loc[change.row, change.field] = _typed(change.other_value, frame[change.field])
    return frame.reset_index(drop=True)


def _typed(text, column: pd.Series):
    if pd.isna(text):
        return pd.NA if not pd.api.types.is_float_dtype(column) else float("nan")
    return pd.to_numeric(text) if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) else text


def apart(folder=None) -> pd.DataFrame:
    """How far two conflicting numbers lie apart, one row a discrepancy of `indicators`, the widest first.

    Columns: discrepancy, row (of indicators), unit, low, high, times (high over low, no unit). Where several rows hang on
    one discrepancy, the widest stands. Left out: numbers of which one is 0 or missing, years (2011 against 2012 is no ratio), and
    conflicts about the wording of one and the same number.
    """
    held = load("indicators", folder).set_index("id")
    pairs = load("discrepancy_rows", folder).query("table == 'indicators' and field == 'value'")
    found = pd.DataFrame({"discrepancy": pairs["discrepancy"], "row": pairs["row"], "unit": pairs["row"].map(held["unit"]),
                          "held": pairs["row"].map(held["value"]).astype(float), "other": pd.to_numeric(pairs["other_value"])})
    found["low"], found["high"] = found[["held", "other"]].min(axis=1), found[["held", "other"]].max(axis=1)
    found = found[(found["low"] > 0) & (found["low"] < found["high"]) & ~found["unit"].isin(["year", "fiscal year"])]
    found = found.assign(times=found["high"] / found["low"])
    found = found.sort_values(["times", "discrepancy"], ascending=[False, True], kind="stable").drop_duplicates("discrepancy")
    return found[["discrepancy", "row", "unit", "low", "high", "times"]].reset_index(drop=True)
