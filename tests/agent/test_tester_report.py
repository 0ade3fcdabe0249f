"""The Strategy Tester's report as an English terminal prints it, and the sheet of an optimisation."""

from __future__ import annotations

import pytest

from agent.terminal import text_files
from agent.terminal.tester_report import MOST_POINTS, ReportUnreadable, read_report

PAGE = """<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">
<html><head><title>Strategy Tester: Moving Average</title></head><body>
<div align="center"><table width="100%" cellspacing="1" cellpadding="3" border="0">
<tr align="center"><td colspan="13"><div style="font: 14pt Tahoma"><b>Strategy Tester Report</b><br></div></td></tr>
<tr align="center"><td colspan="13"><b>MetaQuotes-Demo (Build 4755)</b></td></tr>
<tr align="right"><td nowrap colspan="3">Expert:</td><td colspan="10" align="left"><b>Moving Average</b></td></tr>
<tr align="right"><td nowrap colspan="3">Symbol:</td><td nowrap colspan="10" align="left"><b>EURUSD</b></td></tr>
<tr align="right"><td nowrap colspan="3">Period:</td><td colspan="10"><b>H1 (2025.01.01 - 2025.06.30)</b></td></tr>
<tr align="right"><td nowrap colspan="3">Inputs:</td><td colspan="10" align="left"><b>MaximumRisk=0.02</b></td></tr>
<tr align="right"><td nowrap colspan="3"></td><td nowrap colspan="10" align="left"><b>DecreaseFactor=3.0</b></td></tr>
<tr align="right"><td nowrap colspan="3">Initial Deposit:</td><td colspan="10"><b>10 000.00</b></td></tr>
<tr align="right"><td nowrap colspan="3">History Quality:</td><td><b>99%</b></td><td>Bars:</td><td><b>3 089</b></td>
<td nowrap colspan="3">Ticks:</td><td nowrap><b>741 232</b></td></tr>
<tr align="right"><td nowrap colspan="3">Total Net Profit:</td><td nowrap><b>-1 234.56</b></td>
<td nowrap colspan="3">Balance Drawdown Maximal:</td><td nowrap><b>1 500.10 (14.25%)</b></td></tr>
<tr align="right"><td nowrap colspan="3">Profit Factor:</td><td nowrap><b>0.83</b></td>
<td nowrap colspan="3">Short Trades (won %):</td><td nowrap><b>10 (40.00%)</b></td></tr>
</table><table>
<tr align="center"><th colspan="13" style="height: 25px"><div style="font: 10pt Tahoma"><b>Deals</b></div></th></tr>
<tr bgcolor="#E5F0FC"><td nowrap><b>Time</b></td><td><b>Deal</b></td><td><b>Symbol</b></td><td><b>Type</b></td>
<td><b>Direction</b></td><td><b>Volume</b></td><td><b>Price</b></td><td><b>Order</b></td><td><b>Commission</b></td>
<td><b>Swap</b></td><td><b>Profit</b></td><td><b>Balance</b></td><td><b>Comment</b></td></tr>
<tr><td>2025.01.01 00:00:00</td><td>1</td><td></td><td>balance</td><td></td><td></td><td></td><td></td><td>0.00</td>
<td>0.00</td><td>10 000.00</td><td>10 000.00</td><td></td></tr>
<tr><td>2025.01.02 10:00:00</td><td>2</td><td>EURUSD</td><td>buy</td><td>in</td><td>0.20</td><td>1.03510</td><td>2</td>
<td>0.00</td><td>0.00</td><td>0.00</td><td>10 000.00</td><td></td></tr>
<tr><td>2025.01.03 10:00:00</td><td>3</td><td>EURUSD</td><td>sell</td><td>out</td><td>0.20</td><td>1.0</td><td>3</td>
<td>0.00</td><td>-1.20</td><td>-1 233.36</td><td>8 765.44</td><td>sl 1.0</td></tr>
<tr align="right"><td colspan="8"></td><td>0.00</td><td>-1.20</td><td>-1 233.36</td><td>8 765.44</td><td></td></tr>
</table></div></body></html>
"""


@pytest.mark.parametrize("space", [" ", "\u00a0"])
def test_a_report_is_read_by_its_labels(space: str) -> None:
    page = PAGE.replace("741 232", f"741{space}232").replace("10 000.00", f"10{space}000.00")

    report = read_report(text_files.decode(text_files.encode(page)))

    assert report.labels["Expert"] == "Moving Average"
    assert report.labels["Period"] == "H1 (2025.01.01 - 2025.06.30)"
    assert report.labels["Inputs"] == "MaximumRisk=0.02\nDecreaseFactor=3.0"
    assert report.figures == {
        "Initial Deposit": 10_000.0,
        "Bars": 3089.0,
        "Ticks": 741_232.0,
        "Total Net Profit": -1234.56,
        "Balance Drawdown Maximal": 1500.1,
        "Balance Drawdown Maximal %": 14.25,
        "Profit Factor": 0.83,
        "Short Trades (won %)": 10.0,
        "Short Trades (won %) %": 40.0,
    }
    assert report.curve == [
        ("2025.01.01 00:00:00", 10_000.0), ("2025.01.02 10:00:00", 10_000.0), ("2025.01.03 10:00:00", 8765.44),
    ]  # fmt: skip
    assert report.deals == 2


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    row = PAGE[PAGE.index("<tr><td>2025.01.02") : PAGE.index("<tr><td>2025.01.03")]
    report = read_report(PAGE.replace(row, row * 5000))

    assert len(report.curve) == MOST_POINTS
    assert (report.curve[0][1], report.curve[-1][1]) == (10_000.0, 8765.44)
    assert report.deals == 5001


SHEET = """<?xml version="1.0"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Tester Optimizator Results"><Table>
<Row><Cell><Data ss:Type="String">Pass</Data></Cell><Cell><Data ss:Type="String">Profit</Data></Cell></Row>
<Row><Cell><Data ss:Type="Number">12</Data></Cell><Cell><Data ss:Type="Number">345.6</Data></Cell></Row>
<Row><Cell><Data ss:Type="Number">3</Data></Cell><Cell><Data ss:Type="Number">-20</Data></Cell></Row>
</Table></Worksheet></Workbook>
"""


def test_the_sheet_of_an_optimisation_gives_its_best_pass() -> None:
    assert read_report(SHEET).figures == {"Pass": 12.0, "Profit": 345.6}


@pytest.mark.parametrize("text", ["", "<html></html>", "nothing", '<?xml version="1.0"?><Workbook', SHEET[:150] + "x"])
def test_what_is_no_report_is_told_so(text: str) -> None:
    with pytest.raises(ReportUnreadable):
        read_report(text)
