def get(a, i, j):
    x = a[i], a[-1], a[i:j], a[::2], a[i, j]
    a[1:2] = x
    a.append(i).b.c(j)
    a[i][j] = a[j][i]
    return (a
            .first
            .second())
