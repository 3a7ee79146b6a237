"""Hot nested loops at module level, where every variable is a global, until a division fails."""

total = 0
for i in range(100):
    for j in range(100):
        total += 5000 // (20000 - i * 100 - j)
print(total)
for i in range(100):
    for j in range(100):
        total += 5000 % (
            9000 - i * 100 - j
        )
