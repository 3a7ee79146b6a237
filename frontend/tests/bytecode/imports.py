import math
import math as m, sys
from math import sqrt, pi as tau

print(math.sqrt(m.pi), sys.argv[1:], sqrt(tau))
if __name__ == "__main__":
    math.floor(1.5)
