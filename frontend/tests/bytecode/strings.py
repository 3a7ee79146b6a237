def show(x, w):
    a = "one" "two"
    b = f"{x}"
    c = f"<{x!r:>{w}}> {{}} {x:.2f}"
    d = f"{x=} {x + 1 = !s:5}"
    e = f"plain" f""
    return "a" + f"{x}{w}"
