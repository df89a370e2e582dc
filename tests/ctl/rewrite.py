# SPDX-License-Identifier: Apache-2.0
"""rewrite.py FORMAT FROM.csv TO: writes a table of a CSV file down in another form."""
import csv
import json
import re
import sys


def as_json(rows, numbers):
    head, body = rows[0], rows[1:]

    def value(cell):
        plain = numbers and re.fullmatch(r"(0|[1-9]\d{0,8})(\.\d+)?", cell)
        return cell if plain else json.dumps(cell, ensure_ascii=numbers)

    lines = []
    for row in body:  # an empty cell is left out: the first object may lack a name
        pairs = [f"{json.dumps(k)}: {value(v)}" for k, v in zip(head, row) if v]
        lines.append("{" + ", ".join(pairs) + "}")
    return "[" + ",\n ".join(lines) + "]\n"


def main():
    form, source, target = sys.argv[1:]
    with open(source, encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    text = as_json(rows, form != "json")
    if form == "json-schools":
        text = '{"note": [{"a": 1}], "schools": ' + text + "}"
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)


main()
