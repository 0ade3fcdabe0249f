"""Texts that try to make the front end hang, overflow or fill the memory."""

from __future__ import annotations

HOSTILE: dict[str, str] = {
    "parentheses": "int x=" + "(" * 100_000,
    "braces": "void f()" + "{" * 100_000,
    "brackets": "int x=a" + "[" * 100_000,
    "signs": "int x=" + "-" * 100_000 + "1;",
    "macro bomb": "#define A0 x x x x x x x x\n"
    + "".join(f"#define A{i} A{i - 1} A{i - 1} A{i - 1}\n" for i in range(1, 40))
    + "int A39;",
    "function macro bomb": "#define D(x) x x\nint " + "D(" * 60 + "a" + ")" * 60 + ";",
    "macro of itself": "#define X X X\nint X;",
    "long sum": "void f(){int x=" + "+".join(["1"] * 50_000) + ";}",
    "long chain": "void f(){a" + ".b" * 50_000 + ";}",
    "many else": "void f(){" + "if(a){}else " * 20_000 + "{} }",
    "open comment": "/*" + "x" * 1_000_000,
    "quotes": '"' * 100_000,
    "comparisons": "void f(){a" + "<b" * 30_000 + ";}",
    "template arguments": "CArray<" * 50_000,
    "nested classes": "class A{" * 20_000,
    "open conditions": "#ifdef A\n" * 50_000,
    "hashes": "#" * 100_000,
    "continued lines": "#define A " + "\\\n" * 50_000,
    "initialisers": "int a[]={" + "{" * 50_000,
    "ternaries": "void f(){x=" + "a?b:" * 50_000 + "c;}",
    "casts": "int x=" + "(int)" * 50_000 + "1;",
    "classes of each other": "class A:public B{}; class B:public A{void f(){zz=1;}};",
    "semicolons": ";" * 200_000,
    "functions in functions": "void f(){" * 10_000,
    "names": "a " * 200_000,
    "mistakes": "void f(){" + "x y z;\n" * 30_000 + "}",
    "types of each other": "using A=B; using B=A; A x;",
    "assignments": "void f(){" + "a=" * 50_000 + "1;}",
    "digits": "int x=" + "9" * 100_000 + ";",
    "strings": "string s=" + '"a" ' * 100_000 + ";",
}
