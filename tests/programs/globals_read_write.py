"""Globals read and written in hot loops, by the loop itself and by functions it calls."""

counter = 0
limit = 4000
text = "a"
items = []


def bump(k):
    global counter
    counter += k
    return counter


def run(n):
    global counter, text
    t = 0
    for i in range(n):
        t += bump(i % 3)
        if counter > limit:
            counter = 0
            text = text + "b" if len(text) < 20 else "c"
        items.append(i)
        if len(items) > 10:
            items.clear()
    return t


print(run(6000), counter, text, items)


def swap(n):
    global counter, limit
    for i in range(n):
        counter, limit = limit, counter + 1
    return counter, limit


print(swap(5001))
total = 0
for i in range(5000):
    total += i
    if total > 1000000:
        total -= limit
print(total, i)


def typed(n):
    global counter
    counter = 0
    for i in range(n):
        counter = counter + (1 if i < 5000 else 0.5)
        if i == 8000:
            counter = "done"
            break
    return counter


print(typed(4000), typed(7000), typed(9000), counter)
