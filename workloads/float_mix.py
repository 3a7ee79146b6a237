"""A ball that bounces with drag for n steps: (bounces, height, distance, peak).

Stresses a scalar loop that mixes float arithmetic, division, int-to-float
conversion and branches of different likelihood.
"""
import sys


def simulate(steps):
    height = 10.0
    velocity = 0.0
    distance = 0.0
    peak = height
    bounces = 0
    for step in range(steps):
        dt = 1 / (100 + step % 7)
        drag = 0.01 * velocity * dt
        if velocity > 0.0:
            velocity -= 9.81 * dt + drag * velocity
        else:
            velocity -= 9.81 * dt - drag * velocity
        moved = velocity * dt
        height += moved
        if height < 0.0:
            height = -height
            bounces += 1
            if velocity > -1.0:
                # Too slow to go on: throw it up again, a bit differently each time.
                velocity = 12.0 + float(bounces % 5)
            else:
                velocity = -velocity * 0.85
        elif height > peak:
            peak = height
        distance += abs(moved)
    return bounces, height, distance, peak


def main(n=2_500_000):
    return simulate(n)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
