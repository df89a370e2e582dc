# SPDX-License-Identifier: Apache-2.0
"""rewrite.py FORMAT FROM.csv TO: writes a table of a CSV file down in another form."""
import csv
import json
import re
import sys
import zipfile
from xml.sax.saxutils import escape


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


def name_of(column):
    return (name_of(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def as_xlsx(rows, inline):
    shared, xml = {}, []
    for number, row in enumerate(rows, 1):
        xml.append(f'<row r="{number}">')
        for column, cell in enumerate(row):
            place = f'r="{name_of(column)}{number}"'
            if re.fullmatch(r"(0|[1-9]\d{0,11})(\.\d+)?", cell) and not inline:
                xml.append(f"<c {place}><v>{cell}</v></c>")
            elif cell and inline:
                xml.append(f'<c {place} t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
            elif cell:
                xml.append(f'<c {place} t="s"><v>{shared.setdefault(cell, len(shared))}</v></c>')
        xml.append("</row>")
    relation = '<Relationship Id="{}" Type="http://x/{}" Target="{}"/>'.format
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": "<R>" + relation("a", "officeDocument", "xl/workbook.xml") + "</R>",
        "xl/workbook.xml": '<workbook><sheets><sheet name="S" id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<R>" + relation("a", "worksheet", "s.xml")
        + relation("b", "sharedStrings", "t.xml") + "</R>",
        "xl/t.xml": "<sst>" + "".join(f"<si><t>{escape(t)}</t></si>" for t in shared) + "</sst>",
        "xl/s.xml": "<worksheet><sheetData>" + "".join(xml) + "</sheetData></worksheet>",
    }


def main():
    form, source, target = sys.argv[1:]
    with open(source, encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    if form.startswith("xlsx"):
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in as_xlsx(rows, form != "xlsx").items():
                archive.writestr(name, text)
        return
    text = as_json(rows, form != "json")
    if form == "json-schools":
        text = '{"note": [{"a": 1}], "schools": ' + text + "}"
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)


main()
