"""Checks of the tables: bad input, relations between rows, and the evidence against the report's text.

`tables`       files, columns, types, keys, dates and relations; one clear message each
`report_text`  the report's text in paragraphs, rows, bullets and notes
`cover`        does a set of tokens carry a value (a date, a number, a country, a name)?
`evidence`     every evidence row against the report's text
`mutations`    how many wrong cells the checks catch
"""
