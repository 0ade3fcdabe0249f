# ruff: noqa: E501 - MQL5 texts stay on one line each
"""Golden tests by area: a piece of MQL5 and every line MetaEditor's log would have for it."""

from __future__ import annotations

import pytest

from tests.mql5.languages import language


def lines(text: str, **files: str) -> list[str]:
    found = language({name.replace("__", "/"): body for name, body in files.items()}).diagnose(
        text, "a.mq5", advice=False
    )
    return [one.metaeditor_line() for one in found]


SOUND = {
    "literals": "int a = 0xFF; long b = 10000000000; double c = 1.5e-3, d = .5, e = 1.; float f = 1.5f;"
    "datetime t = D'2024.01.15 10:30'; color k = C'255,0,0', m = clrRed, n = Red; ushort u = 'x'; string s = \"a\\\"b\" \"c\";",
    "functions before their declaration": "void OnStart() { Print(Twice(4)); } int Twice(const int x) { return(2 * x); }",
    "overloads": "int F(int x) { return(x); } double F(double x) { return(x); } void OnStart() { Print(F(1), F(1.5)); }",
    "default arguments": "int F(int x, int y = 2) { return(x + y); } void OnStart() { Print(F(1)); }",
    "references and arrays": "void Fill(double &a[], int &n) { n = ArrayResize(a, 3); }"
    "void OnStart() { double a[]; int n; Fill(a, n); double m[2][3] = {{1, 2, 3}, {4, 5, 6}}; m[0, 1] = 2.0; Print(m[1][2] + a[0], n); }",
    "classes": "class A { protected: int x; public: A(int v) : x(v) {} virtual ~A() {} virtual int Get() const { return(x); } };"
    "class B : public A { public: B() : A(3) {} int Get() const override { return(x + 1); } };"
    "void OnStart() { A *p = new B; Print(p.Get()); B *b = dynamic_cast<B *>(p); if(b != NULL) Print(b.Get()); delete p; }",
    "a method defined without its type": "class A { int n; public: int Run(int x); }; A::Run(int x) { n = x; return(n); }"
    "void OnStart() { A a; Print(a.Run(1)); }",
    "methods outside the class": "class A { int n; public: A(); ~A(); int Run(int k); static int count; };"
    "A::A() : n(1) {} A::~A() {} int A::Run(int k) { return(n + k); } int A::count = 0;"
    "void OnStart() { A a; Print(a.Run(2), A::count); }",
    "arrays of elements of the same size": "void Fill(bool &a[]) { ArrayResize(a, 1); } void OnStart() { char c[]; Fill(c); Print(c[0]); }",
    "defaults in a definition outside": "class A { double Get(int a, int b); public: void Run(); }; void A::Run() { Print(Get(1)); }"
    "double A::Get(int a, int b = 2) { return(a + b); } void OnStart() { A a; a.Run(); }",
    "blocks made by a macro": "#define EACH { int n = 1; Print(n); }\nvoid OnStart() { EACH EACH }",
    "overloaded operators": "class V { double x; public: V() : x(1) {} V *operator*(const double k) { x *= k; return(GetPointer(this)); }"
    "double operator*(const V &o) const { return(x * o.x); } double Square() const { return(this * this); } };"
    "void OnStart() { V v; Print((v * 2.0).Square(), v * v); }",
    "macros within their own arguments": "#define LARGER(a, b) ((a) > (b) ? (a) : (b))\n#define THREE(a, b, c) LARGER(LARGER(a, b), c)\n"
    "void OnStart() { int a = 1, b = 2; Print(LARGER(LARGER(a, 2), LARGER(b, a)), THREE(a, b, 3)); }",
    "operators": "struct V { double x; V operator+(const V &o) const { V r; r.x = x + o.x; return(r); }"
    "double operator[](int i) const { return(x); } }; void OnStart() { V a, b; a.x = 1; b.x = 2; V c = a + b; Print(c[0]); }",
    "templates": "template<typename T> T Larger(T a, T b) { return(a > b ? a : b); }"
    "template<typename T> class Box { T v; public: void Put(T x) { v = x; } T Take() { return(v); } };"
    "void OnStart() { Box<int> b; b.Put(Larger(1, 2)); Box<Box<int>> bb; Print(b.Take(), Larger<double>(1, 2)); }",
    "casts to a template's type": "template<typename T> struct R { T high, low; T Middle() { return((T)((high + low) / 2)); } };"
    "void OnStart() { R<double> r; r.high = 2; r.low = 1; Print(r.Middle()); }",
    "template methods": "class A { public: template<typename T> T Get(int i) { return((T)i); } static A Make() { A a; return(a); }"
    "template<typename T> static T Give(int i) { return((T)i); } double Use() { return(Get<double>(1) + A::Give<int>(2)); } };"
    "void OnStart() { A a; Print(a.Use(), a.Get<int>(3), A::Give<double>(4)); }",
    "constant pointers": "class A { public: int x; A() : x(1) {} }; void OnStart() { A *const a = new A; Free(a); } void Free(A *const a) { Print(a.x); delete a; }",
    "nested types": "struct A { struct B { int x; static void Set(B &b, C &c) { b.x = c.y; } }; struct C { int y; }; B b; };"
    "void OnStart() { A a; a.b.x = 1; Print(a.b.x); }",
    "a structure with its constructed variable": "struct P { int x; P(int v) : x(v) {} } standard(3), other(4);\nvoid OnStart() { Print(standard.x, other.x); }",
    "stream operators on pointers": "class S { string t; public: S *operator<<(int v) { t += (string)v; return(GetPointer(this)); }"
    "S *operator<<(string v) { t += v; return(GetPointer(this)); } string Str() { return(t); } };"
    'void OnStart() { S s; s << 1 << "a" << 2; S *p = GetPointer(s); p << 3; Print(s.Str()); }',
    "members that name their class": "class A { public: static bool A::Up(); bool A::Down() { return(Up()); } };"
    "bool A::Up() { return(true); } void OnStart() { A a; Print(A::Up(), a.Down()); }",
    "a template as base": "template<typename T> interface I { bool Add(T v); }; template<typename T> class L : public I<T> {"
    'public: bool Add(T v) { return(typename(T) == "int" && v > 0); } }; void OnStart() { L<int> l; Print(l.Add(1)); }',
    "spaces behind a backslash": "#define BOTH(a, b) { Print(a); \\  \n Print(b); \\\t\n}\nvoid OnStart()\n{\n\\\n BOTH(1, 2)\n}",
    "letters of other alphabets": "double ¹_alpha = 1; void OnInit() { Print(¹_alpha); } input int spread_máximo = 10; double größe = 1.5; void OnStart() { Print(spread_máximo * größe); }",
    "a class at the end of a file": "void OnStart() { A a; Print(a.x); } class A { public: int x; A() : x(1) {} }",
    "function pointers": "typedef double (*Op)(double, double); double Add(double a, double b) { return(a + b); }"
    "void OnStart() { Op op = Add; Print(op(1, 2)); }",
    "enumerations": "enum { FIRST, SECOND = 5, THIRD }; enum Mode : uchar { LOW, HIGH }; Mode m = HIGH;"
    "void OnStart() { int i = m; m = (Mode)i; Print(EnumToString(m), THIRD, Mode::LOW); }",
    "interfaces": "interface IRun { void Run(); }; class R : public IRun { public: void Run() { Print(1); } };"
    "void OnStart() { R r; IRun *i = GetPointer(r); i.Run(); }",
    "control flow": "void OnStart() { int i = 0; do i++; while(i < 3); while(true) { if(i > 5) break; i++; continue; }"
    "for(int k = 0, n = 3; k < n; k++) i += k; switch(i) { case 1: case 2: Print(1); break; default: Print(2); } }",
    "macros": "#define LIMIT 10\n#define SQUARE(x) ((x) * (x))\n#define TEXT(x) #x\n#define JOIN(a, b) a##b\n"
    "void OnStart() { int JOIN(va, lue) = SQUARE(LIMIT); Print(value, TEXT(hello)); }",
    "conditions": "#define A\n#ifdef A\nint x = 1;\n#else\nint x = y;\n#endif\n#ifndef B\nint z = 1;\n#endif\n"
    "#ifdef __MQL5__\nint q = 1;\n#endif\n#if 2 > 1 && defined(A)\nint w;\n#endif\nvoid OnStart() { Print(x, z, q, w); }",
    "a macro before a comment": "#define TWICE(a) ((a) * \\\n  2)\\\n// its end\nvoid OnStart() { Print(TWICE(2)); }",
    "constant arrays filled later": "class A { public: int x; }; void OnStart() { const A *found[]; ArrayResize(found, 1); Print(ArraySize(found)); }",
    "conditions within a line": "#define A\ninput #ifdef A int #else long #endif x = 1; // one\n#ifdef B int y = z; #endif\nvoid OnStart() { Print(x); }",
    "code behind an include": "#include <Trade/Trade.mqh> CTrade trade; // own\nvoid OnStart() { trade.SetExpertMagicNumber(1); }",
    "imports": '#import "kernel32.dll"\nint GetTickCount64X(int a);\n#import\nvoid OnStart() { Print(GetTickCount64X(1)); }',
    "inputs": 'input group "G"\ninput int InpA = 1; // a\nsinput string InpB = "x";\nvoid OnStart() { Print(InpA, InpB); }',
    "non-Latin text": 'void OnStart() { Print("Привет 你好"); } // комментарий',
    "structures": 'struct P { int x; string s; }; void OnStart() { P a[3]; a[0].x = 1; P b = a[0]; P c = {1, "s"}; Print(b.x, c.s); }',
    "local types": "void OnStart() { struct L { int v; }; L l; l.v = 1; enum E { ONE }; E e = ONE; Print(l.v, e); }",
    "namespaces": "namespace N { int Twice(int x) { return(2 * x); } } void OnStart() { Print(N::Twice(2)); }",
    "vectors": "void OnStart() { vector v = vector::Ones(3); Print(MathPow(v, 2).Sum(), v.Mean()); matrix m(2, 2); m.Fill(1); v *= 2; }",
    "complex numbers": "void Put(complex &c) { c = 1.5; } void OnStart() { complex a = 2 + 3i, b = a * 2; Put(b); b = -a / b; Print(b.real, a == b); }",
    "pointers to anything": "class A { public: int x; A() : x(1) {} }; typedef double (*F)(double, void *);"
    "double Take(double v, void *p) { A *a = p; return(a.x * v); } void OnStart() { A *a = new A; F f = Take; Print(f(2, a)); delete a; }",
    "unsigned integers": "unsigned int a = 1; unsigned char Last(const unsigned char &c[]) { return(c[ArraySize(c) - 1]); }"
    "void OnStart() { unsigned char c[1] = {7}; unsigned long n = (unsigned long)a; Print(n, Last(c)); }",
    "sized integers": "int32_t Twice(const uint8_t x) { return(2 * x); } void OnStart() { Print(Twice(4)); }",
    "types of parameters": "void OnStart() { MqlParam p[1]; p[0].type = TYPE_VECTOR; Print(EnumToString(p[0].type)); }",
    "history": "void OnStart() { MqlRates r[]; CopyRates(NULL, 0, 0, 10, r); MqlTick t; if(SymbolInfoTick(_Symbol, t)) Print(t.bid); }",
}


@pytest.mark.parametrize("area", SOUND)
def test_sound_code_is_left_alone(area: str) -> None:
    assert [line for line in lines(SOUND[area]) if "error" in line or "loss of data" in line] == []


WRONG = {
    "a warning names the types": (
        "void OnStart() { double d = 1.5; int i = d; Print(i); }",
        43,
        (1, 42),
        "'double' to 'int'",
    ),
    "unsigned against signed": (
        "void OnStart() { uint u = 1; int i = 2; if(u > i) Print(1); }",
        45,
        (1, 46),
        "sign mismatch",
    ),
    "unused variable": ("void OnStart() { int unused = 1; }", 31, (1, 22), "variable 'unused' not used"),
    "hidden global": ("int g = 1; void OnStart() { int g = 2; Print(g); }", 62, (1, 33), "hides global declaration"),
    "a way without return": (
        "int F(int x) { if(x > 1) return(1); } ",
        78,
        (1, 5),
        "not all control paths return a value",
    ),
    "unchecked request": (
        "void OnStart() { MqlTradeRequest r; MqlTradeResult s; ZeroMemory(r); OrderSend(r, s); }",
        83,
        (1, 70),
        "return value of 'OrderSend' should be checked",
    ),
    "empty body": ("void OnStart() { if(IsStopped()); Print(1); }", 69, (1, 33), "empty controlled statement"),
    "number as text": (
        'void OnStart() { string s = "a" + 5.5 * Point(); Print(s); }',
        181,
        (1, 35),
        "from 'number' to 'string'",
    ),
    "precedence": (
        "void OnStart() { bool a = true, b = a, c = b; if(a && b || c) Print(1); }",
        80,
        (1, 52),
        "check operator",
    ),
    "another enumeration": (
        "void OnStart() { int h = iMA(NULL, 0, 5, 0, PRICE_CLOSE, MODE_SMA); Print(h); }",
        262,
        (1, 45),
        "'ENUM_APPLIED_PRICE' to enum 'ENUM_MA_METHOD'",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_warning_has_metaeditors_number_and_place(name: str) -> None:
    text, code, place, words = WRONG[name]
    found = language().diagnose(text, "a.mq5", advice=False)
    assert [(one.code, one.line, one.column) for one in found][:1] == [(str(code), *place)]
    assert words in found[0].message


def test_unreachable_code_is_named() -> None:
    assert "unreachable code" in lines("void OnStart() { return; Print(1); }")[0]


def test_assignment_in_a_condition_is_named() -> None:
    assert "assignment in a condition" in lines("void OnStart() { int a = 1; if(a = 2) Print(a); }")[0]


def test_includes_are_followed_once_and_cycles_end() -> None:
    files = {
        "one.mqh": '#include "two.mqh"\nint One() { return(Two()); }',
        "two.mqh": '#include "one.mqh"\nint Two() { return(2); }',
    }
    found = language(files).diagnose('#include "one.mqh"\nvoid OnStart() { Print(One()); }', "a.mq5")
    assert found == ()


def test_a_mistake_in_an_include_is_reported_in_its_file() -> None:
    files = {"lib/bad.mqh": "int Bad() { return(missing); }"}
    found = language(files).diagnose('#include "lib\\bad.mqh"\nvoid OnStart() { Print(Bad()); }', "a.mq5")
    assert [(one.file, one.line, one.column, one.code) for one in found] == [("lib/bad.mqh", 1, 20, "256")]


def test_names_that_a_missing_include_may_declare_are_not_reported() -> None:
    assert [one.code for one in language().diagnose('#include "gone.mqh"\nvoid OnStart() { Foo(bar); }')] == ["106"]


def test_the_line_is_metaeditors() -> None:
    assert lines("void OnStart() { Print(x); }") == ["a.mq5(1,24) : error 256: undeclared identifier 'x'"]


@pytest.mark.parametrize("name", ["H ", ""])
def test_a_local_structure_may_declare_its_variable(name: str) -> None:
    text = f"void OnStart() {{ struct {name}{{ int a; }} header; header.a = 1; Print(header.a, sizeof(header)); }}"
    assert lines(text) == []


def test_a_guess_names_what_the_program_has_now_and_nothing_of_another_program() -> None:
    use = "void OnStart() { Print(secret2); }"
    mine, other = language(), language()

    assert [fix.title for fix in mine.diagnose(f"int secret1;\n{use}")[0].fixes] == ["Change to secret1"]
    assert [fix.title for fix in mine.diagnose(f"int secret3;\n{use}")[0].fixes] == ["Change to secret3"]
    assert other.diagnose(use)[0].fixes == ()
