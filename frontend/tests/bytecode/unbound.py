def maybe(flag):
    if flag:
        x = 1
    print(x)
    print(x)


def looped(items):
    for item in items:
        last = item
    return last, item


def deleted(x):
    del x
    return x


def assigned(flag):
    if flag:
        x = 1
    else:
        x = 2
    while flag:
        y = x
        flag = y
    return x
