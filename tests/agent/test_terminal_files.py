"""Files of a terminal's tree, written and read as real terminals do: charts, presets, starts, names, logs."""

from __future__ import annotations

import codecs
from datetime import UTC, date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.experts.wishes import Wish
from agent.protocol import Deployment, DeploymentState
from agent.terminal import bridge_files, text_files
from agent.terminal.bridge_files import BridgeError, ChartWish, OpenChart
from agent.terminal.chart_files import (
    ChartFile,
    ChartUnreadable,
    ExpertOnChart,
    chart_text,
    enum_timeframe,
    read_chart,
    read_profile,
    timeframe_of,
    write_profile,
)
from agent.terminal.folder import NameRefused, safe_path
from agent.terminal.log_tail import LogTail, Place, loaded_expert, parse_line
from agent.terminal.presets import preset, read_preset
from agent.terminal.start_config import (
    EXPERTS_ON,
    LogIn,
    command_line,
    configuration,
    split_command_line,
    start_up,
    switches,
)
from forex_elite.mql5.language import Language

EXPERT = ExpertOnChart("Trend-1a2b3c4d", "Experts\\ForexElite\\Trend-1a2b3c4d.ex5", 33, {"Period": "21", "Note": "a=b"})

GOLDEN_TEMPLATE = """<chart>
id=0
symbol=XAUUSD
description=
period_type=0
period_size=15
digits=5
tick_size=0.000000
position_time=0
scale_fix=0
scale=8
mode=1
fore=0
grid=1
volume=0
scroll=1
shift=1
shift_size=20.000000
fixed_pos=0.000000
ohlc=1
windows_total=1

<expert>
name=Trend-1a2b3c4d
path=Experts\\ForexElite\\Trend-1a2b3c4d.ex5
expertmode=33
<inputs>
Period=21
Note=a=b
</inputs>
</expert>

<window>
height=100.000000
objects=0

<indicator>
name=Main
path=
apply=1
show_data=1
scale_inherit=0
scale_line=0
</indicator>
</window>
</chart>
"""


def test_a_text_file_is_utf16_little_endian_with_a_mark_and_crlf(tmp_path: Path) -> None:
    text_files.write(tmp_path / "deep" / "x.tpl", "ä\nb\n")

    assert (tmp_path / "deep" / "x.tpl").read_bytes() == b"\xff\xfe\xe4\x00\r\x00\n\x00b\x00\r\x00\n\x00"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["x.tpl"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xff\xfea\x00\r\x00\n\x00", "a\n"),
        (b"\xfe\xff\x00a", "a"),
        (b"a\x00b\x00", "ab"),
        (b"\xef\xbb\xbf\xc3\xa4", "ä"),
        (b"\xc3\xa4", "ä"),
        (b"\xe4", "ä"),
        (b"\xff\xfea\x00b", "a"),
        (b"", ""),
    ],
)
def test_whatever_a_terminal_or_a_person_wrote_is_read(raw: bytes, text: str) -> None:
    assert text_files.decode(raw) == text


def test_a_template_has_the_shape_of_real_ones() -> None:
    assert chart_text(ChartFile("XAUUSD", "M15", EXPERT)) == GOLDEN_TEMPLATE


@given(
    st.sampled_from(["M1", "M30", "H1", "H12", "D1", "W1", "MN1"]),
    st.dictionaries(
        st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True),
        st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"])).map(str.strip),
        max_size=5,
    ),
)
def test_a_chart_is_read_as_it_was_written(timeframe: str, inputs: dict[str, str]) -> None:
    expert = ExpertOnChart("E", "Experts\\E.ex5", 1, inputs)
    chart = ChartFile("EURUSD", timeframe, expert, 133)

    assert read_chart(text_files.decode(text_files.encode(chart_text(chart)))) == chart


def test_an_input_cannot_close_its_section_or_begin_a_line() -> None:
    chart = ChartFile("EURUSD", "H1", ExpertOnChart("E", "Experts\\E.ex5", 1, {"Note": "</inputs></expert><expert>"}))

    assert read_chart(chart_text(chart)) == chart


@pytest.mark.parametrize("text", ["", "nothing", "<chart>\nperiod_type=1\n", "<chart>\nsymbol=X\nperiod_type=9\n"])
def test_what_is_no_chart_is_told_so(text: str) -> None:
    with pytest.raises(ChartUnreadable):
        read_chart(text)


def test_a_profile_keeps_its_order_and_drops_what_is_not_meant(tmp_path: Path) -> None:
    charts = [ChartFile("EURUSD", "H1", EXPERT, 7), ChartFile("XAUUSD", "M5")]
    write_profile(tmp_path, [*charts, ChartFile("GBPUSD", "D1")])
    write_profile(tmp_path, charts)

    assert read_profile(tmp_path) == charts
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chart01.chr", "chart02.chr", "order.wnd"]
    assert (tmp_path / "order.wnd").read_bytes() == text_files.encode("chart01.chr\nchart02.chr\n")


@pytest.mark.parametrize(
    ("timeframe", "number"), [("M1", 1), ("H1", 16385), ("D1", 16408), ("W1", 32769), ("MN1", 49153)]
)
def test_a_timeframe_has_its_number_in_mql5(timeframe: str, number: int) -> None:
    assert enum_timeframe(timeframe) == number
    assert timeframe_of(number) == timeframe


def test_a_preset_holds_values_as_the_terminal_writes_them() -> None:
    inputs = {"Period": 14, "Lots": 0.1, "Whole": 2.0, "Reverse": True, "Frame": 16385, "Note": "a=b; c"}

    assert preset(inputs).splitlines() == [
        "; saved by ForexElite", "Period=14", "Lots=0.1", "Whole=2.0", "Reverse=true", "Frame=16385", "Note=a=b; c",
    ]  # fmt: skip
    assert read_preset(preset(inputs))["Note"] == "a=b; c"


def test_a_preset_of_the_optimiser_gives_its_values() -> None:
    text = "; saved\nPeriod=14||1||1||50||Y\nNote=a||b\nLots=0.1||0.1||0.01||1.0||N\n"

    assert read_preset(text) == {"Period": "14", "Note": "a||b", "Lots": "0.1"}


def test_a_start_is_one_command_line_quoted_for_windows() -> None:
    line = command_line(Path("C:/MT5 one/terminal64.exe"), config=Path("C:/x y/a.ini"), profile="ForexElite")

    assert line.replace("\\", "/") == '"C:/MT5 one/terminal64.exe" /portable /config:"C:/x y/a.ini" /profile:ForexElite'
    assert switches(split_command_line(line.replace("\\", "/"))[1:]) == {
        "portable": "",
        "config": "C:/x y/a.ini",
        "profile": "ForexElite",
    }


def test_a_start_configuration_leaves_algo_trading_on_and_python_allowed() -> None:
    text = configuration(
        {
            "Common": LogIn(7001, "Broker-Demo").section(),
            "Experts": EXPERTS_ON,
            "StartUp": start_up("ForexElite\\Trend", "ForexElite-1.set", "EURUSD", "H1"),
        }
    )

    assert text.split("\n") == [
        "[Common]", "Login=7001", "Server=Broker-Demo", "KeepPrivate=1", "NewsEnable=0", "",
        "[Experts]", "Enabled=1", "AllowLiveTrading=1", "AllowDllImport=0", "Account=0", "Profile=0", "Api=0", "",
        "[StartUp]", "Expert=ForexElite\\Trend", "ExpertParameters=ForexElite-1.set", "Symbol=EURUSD", "Period=H1", "",
    ]  # fmt: skip


def test_a_value_cannot_bring_a_section_of_its_own() -> None:
    with pytest.raises(ValueError, match="one line"):
        configuration({"Common": {"Server": "x\n[Experts]\nApi=1"}})


@pytest.mark.parametrize("name", ["Trend.mq5", "lib/x.mqh", "My EA v1.2/Main (new).mq5", "a\\b\\c.mqh", "-ö.mq5"])
def test_a_plain_name_becomes_a_path_below_its_folder(name: str) -> None:
    path = safe_path(name)

    assert not path.is_absolute()
    assert ".." not in path.parts


@pytest.mark.parametrize(
    "name",
    [
        "../evil.mq5", "a/../../b.mq5", "..\\evil.mq5", "/etc/passwd", "\\\\host\\share\\x", "C:\\Windows\\x.mq5",
        "C:x.mq5", "a//b.mq5", "a/", "", ".", "~/x", ".hidden", "a/.git/x", "nul", "NUL.mq5", "com1.mqh", "x.mq5.",
        "x ", "a\0b", "a\nb", "x:stream.mq5", "*.mq5", "a|b", "a<b", 'a"b', "%TEMP%/x", "$HOME/x", "x" * 201,
    ],
)  # fmt: skip
def test_a_name_that_could_leave_its_folder_is_refused(name: str) -> None:
    with pytest.raises(NameRefused):
        safe_path(name)


@given(st.text(max_size=60))
def test_no_name_whatever_leaves_its_folder(name: str) -> None:
    try:
        path = safe_path(name)
    except NameRefused:
        return
    root = Path("/root of it")
    assert (root / path).resolve().is_relative_to(root.resolve())


# --- the bridge's letter box ------------------------------------------------------------------------------------------


def test_the_letter_to_the_bridge_is_read_as_written_and_half_a_one_is_not() -> None:
    wishes = [ChartWish("1a2b3c4d", "EURUSD", 16385, "Trend-1a2b3c4d", "fe_1a2b3c4d_0f0f0f0f.tpl", is_running=True)]
    text = bridge_files.wanted_text(12, wishes)

    assert text == "revision=12\nchart=1a2b3c4d|EURUSD|16385|Trend-1a2b3c4d|fe_1a2b3c4d_0f0f0f0f.tpl|run\nend=12\n"
    assert bridge_files.read_wanted(text) == (12, wishes)
    assert all(bridge_files.read_wanted(text[:cut]) is None for cut in range(len("revision=12\n"), len(text) - 2))


def test_the_bridges_heartbeat_is_read_whole_or_not_at_all() -> None:
    text = (
        "sequence=7\r\nrevision=12\r\ntime=1764100000\r\nbuild=4755\r\nconnected=1\r\nterminal_trade_allowed=1\r\n"
        "trade_allowed=0\r\nchart=133|EURUSD|16385|Trend-1a2b3c4d\r\nchart=134|XAUUSD|5|\r\n"
        "deed=1a2b3c4d|133|fe.tpl|1\r\nerror=99999999|4105|ChartOpen\r\nend=7\r\n"
    )
    heard = bridge_files.read_heartbeat(text)

    assert heard is not None
    assert (heard.sequence, heard.revision, heard.build) == (7, 12, 4755)
    assert (heard.is_algo_trading_on, heard.may_trade) == (True, False)
    assert heard.chart_with("Trend-1a2b3c4d") == OpenChart(133, "EURUSD", "H1", "Trend-1a2b3c4d")
    assert heard.errors == (BridgeError("99999999", 4105, "ChartOpen"),)
    assert all(bridge_files.read_heartbeat(text[:cut]) is None for cut in range(0, len(text) - 3, 5))


def test_the_bridge_source_is_clean_and_trades_nothing() -> None:
    source = bridge_files.SOURCE.read_text(encoding="utf-8")

    assert Language().diagnose(source, bridge_files.SOURCE.name) == ()
    assert not {"OrderSend", "CTrade", "WebRequest", "#import", "SocketCreate"} & set(source.replace("(", " ").split())


def test_other_inputs_or_another_version_make_another_template() -> None:
    told = Deployment(deployment_id=UUID(int=5), expert="Trend", sha256="a" * 64, symbol="EURUSD", timeframe="H1")
    wish = Wish(told, DeploymentState.RUNNING, UUID(int=1))
    others = [told.model_copy(update={"inputs": {"Period": 3}}), told.model_copy(update={"sha256": "b" * 64})]

    names = {wish.template(33), *(Wish(one, wish.state, wish.job_id).template(33) for one in others)}

    assert len(names) == 3
    assert wish.expert == "Trend-00000005"


# --- logs -------------------------------------------------------------------------------------------------------------

REAL_LINES = (
    "MF\t0\t11:38:47.320\tScripts\tscript X (EURUSD,M1) loaded successfully",
    "RS\t0\t13:32:42.560\tNetwork\t'515385': terminal synchronized with A Broker: 0 positions, 0 orders, 432 symbols",
)


def test_real_lines_of_the_journal_are_read() -> None:
    script, network = (parse_line(line, date(2026, 1, 31)) for line in REAL_LINES)

    assert script is not None
    assert network is not None
    assert script.at.astimezone().replace(tzinfo=None).isoformat() == "2026-01-31T11:38:47.320000"
    assert (script.level, script.source, script.program) == ("info", "Scripts", "X")
    assert network.program == ""
    assert network.message.startswith("'515385': terminal synchronized")


def test_only_the_journals_own_sentence_proves_an_expert_loaded() -> None:
    def told(message: str) -> str:
        entry = parse_line(f"AB\t0\t10:00:00.000\tExperts\t{message}", date(2026, 1, 31))
        assert entry is not None
        return loaded_expert(entry)

    assert told("expert Trend-1a2b3c4d (EURUSD.r,H1) loaded successfully") == "Trend-1a2b3c4d"
    assert told("expert My EA (v2)-1a2b3c4d (EURUSD,H1) loaded successfully") == "My EA (v2)-1a2b3c4d"
    assert told("expert Trend (EURUSD,H1) removed") == ""
    assert told("say expert Trend (EURUSD,H1) loaded successfully") == ""


def line(message: str, level: int = 0) -> bytes:
    return f"AB\t{level}\t10:00:00.000\tTrend-1a2b3c4d (EURUSD,H1)\t{message}\r\n".encode("utf-16-le")


def test_a_log_is_followed_line_by_line_over_midnight_and_a_restart(tmp_path: Path) -> None:
    days = [date(2026, 1, 30)]

    def file_of(day: date) -> Path:
        return tmp_path / f"{day:%Y%m%d}.log"

    file_of(days[0]).write_bytes(codecs.BOM_UTF16_LE + line("old"))
    tail = LogTail(file_of, today=lambda: days[-1])
    assert tail.read() == []

    with file_of(days[0]).open("ab") as file:
        file.write(line("one") + line("ж two", 2)[:-7])
    assert [entry.message for entry in tail.read()] == ["one"]
    with file_of(days[0]).open("ab") as file:
        file.write(line("ж two", 2)[-7:])
    (second,) = tail.read()
    assert (second.message, second.level, second.program) == ("ж two", "error", "Trend-1a2b3c4d")

    days.append(date(2026, 1, 31))
    again = LogTail(file_of, tail.place, today=lambda: days[-1])
    with file_of(days[0]).open("ab") as file:
        file.write(line("late"))
    file_of(days[1]).write_bytes(codecs.BOM_UTF16_LE + line("new day"))
    assert [entry.message for entry in again.read()] == ["late"]
    assert [entry.message for entry in again.read()] == ["new day"]
    assert again.read() == []


def test_a_message_of_several_lines_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_bytes(codecs.BOM_UTF16_LE + line("first") + "second\r\n".encode("utf-16-le"))

    (entry,) = LogTail(lambda _: path, Place(date(2026, 1, 31), 0), today=lambda: date(2026, 1, 31)).read()

    assert entry.message == "first\nsecond"
    assert entry.at.tzinfo is UTC


def test_a_log_that_shrank_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_bytes(codecs.BOM_UTF16_LE + line("a") + line("b"))
    tail = LogTail(lambda _: path, today=lambda: date(2026, 1, 31))
    path.write_bytes(codecs.BOM_UTF16_LE + line("c"))

    assert [entry.message for entry in tail.read()] == ["c"]
