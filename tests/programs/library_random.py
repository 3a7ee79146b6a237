# The numbers of the Mersenne Twister.
import random
from random import Random
for seed in [0, 1, 42, -5, 2**40+3, "hello", "", 10**30]:
    random.seed(seed)
    print(seed, random.random(), random.randint(1, 100), random.randrange(0, 1000, 7), random.choice("abcdef"),
          random.getrandbits(10), random.getrandbits(100), random.uniform(2, 5), random.gauss(0, 1), random.gauss(0,1),
          random.sample(range(100), 5), random.sample(range(1000), 30)[:3], random.choices([1,2,3], k=4), random.choices("ab", weights=[1,3], k=4))
    l = list(range(10)); random.shuffle(l); print(l, random.normalvariate(0,1), random.expovariate(2), random.triangular(0,1,0.3), random.betavariate(1,2), random.gammavariate(2,3), random.lognormvariate(0,1), random.paretovariate(3), random.weibullvariate(1,2), random.randrange(10**20), random.randrange(2**31, 2**34))
r = Random(7); s = r.getstate(); a = [r.random() for i in range(1000)]; r.setstate(s); print(a == [r.random() for i in range(1000)], a[-1])
print(random.Random(3).random(), random.Random(3.5).random())
for bad in [lambda: random.choice([]), lambda: random.randrange(0), lambda: random.randint(5,1), lambda: random.sample([1],2), lambda: random.getrandbits(-1)]:
    try: bad()
    except Exception as e: print(type(e).__name__, e)


def total(n):
    result = 0
    for i in range(n):
        result += i * 2 % 7
    return result


print(total(3000))
