# SPDX-License-Identifier: Apache-2.0
"""workbook.py FILE.xlsx values|formulas [1904]: a form as bureaus fill it in, written by openpyxl.

libreoffice.xlsx and libreoffice.xls are its `formulas` as LibreOffice 7.4 saved them:
soffice --headless --convert-to 'xlsx:Calc MS Excel 2007 XML' (and xls) FILE.xlsx
"""
import datetime
import sys

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904


def main():
    target, what, *rest = sys.argv[1:]
    formulas = what == "formulas"
    book = Workbook()
    if rest:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "表一 学校情况"
    sheet.append(["青石县义务教育学校情况表"])
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.append(["单位：万元"])
    sheet.append(["学年", "行政区划代码", "学校标识码", "学校名称", "办学类型", "建校年份", "在校生", None,
                  "专任教师", None, "教学仪器设备值", "图书册数", "备注", "日期"])
    sheet.append([None] * 6 + ["小学", "初中", "小学", "初中"] + [None] * 4)
    sheet.append([2025, "990121", 2199004001, "第一小学", "小学", datetime.date(1956, 9, 1), 418, None,
                  20, None, 12.5, "9,711", "好", datetime.datetime(2025, 9, 1, 8, 30)])
    sheet.append([2025, "990121", 2199004002, "第二学校", "九年一贯制", datetime.date(1980, 9, 1), 100, 200,
                  10, "=8+8" if formulas else 16, 3.25, 5000, True, None])
    sheet.append([2025, "990121", 2199004003, "第三学校", "小学", 1990, "=1/0" if formulas else "#DIV/0!",
                  None, 10, None, 3.25, 5000, False, None])
    for cells in ["A1:N1", "A2:N2", "G3:H3", "I3:J3"] + [f"{c}3:{c}4" for c in "ABCDEFKLMN"]:
        sheet.merge_cells(cells)
    sheet["F5"].number_format = sheet["F6"].number_format = "yyyy"
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["L"].hidden = True
    for row, column in [(row, 1) for row in range(8, 60)] + [(5, 600)]:
        sheet.cell(row, column).fill = PatternFill("solid", fgColor="EEEEEE")
    book.create_sheet("说明")["A1"] = "请勿改动"
    book.save(target)


main()
