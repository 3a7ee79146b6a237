"""Sorting algorithms over lists of ints, floats and tuples."""


def lcg(n):
    x = 12345
    out = []
    for i in range(n):
        x = (x * 1103515245 + 12345) % 2147483648
        out.append(x % 10000)
    return out


def insertion(items):
    for i in range(1, len(items)):
        x = items[i]
        j = i - 1
        while j >= 0 and items[j] > x:
            items[j + 1] = items[j]
            j -= 1
        items[j + 1] = x
    return items


def quick(items, low, high):
    while low < high:
        pivot = items[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while items[i] < pivot:
                i += 1
            while items[j] > pivot:
                j -= 1
            if i <= j:
                items[i], items[j] = items[j], items[i]
                i += 1
                j -= 1
        if j - low < high - i:
            quick(items, low, j)
            low = i
        else:
            quick(items, i, high)
            high = j


def merge(items):
    if len(items) < 2:
        return items
    middle = len(items) // 2
    a, b = merge(items[:middle]), merge(items[middle:])
    out = []
    i = j = 0
    while i < len(a) and j < len(b):
        if b[j] < a[i]:
            out.append(b[j])
            j += 1
        else:
            out.append(a[i])
            i += 1
    return out + a[i:] + b[j:]


def heap(items):
    n = len(items)
    for start in range(n // 2 - 1, -1, -1):
        sift(items, start, n)
    for end in range(n - 1, 0, -1):
        items[0], items[end] = items[end], items[0]
        sift(items, 0, end)
    return items


def sift(items, root, end):
    while (child := 2 * root + 1) < end:
        if child + 1 < end and items[child] < items[child + 1]:
            child += 1
        if items[root] >= items[child]:
            return
        items[root], items[child] = items[child], items[root]
        root = child


numbers = lcg(900)
right = numbers[:]
right.sort()
print(insertion(numbers[:250]) == merge(numbers[:250]), heap(numbers[:]) == right, merge(numbers) == right)
copied = numbers[:]
quick(copied, 0, len(copied) - 1)
print(copied == right, right[:5], right[-1])
floats = [x * 0.5 if x % 3 else x for x in numbers]
print(heap(floats[:]) == merge(floats), merge(floats)[:6])
pairs = [(x % 10, -x) for x in numbers]
print(merge(pairs)[:3], heap(pairs[:]) == merge(pairs))
