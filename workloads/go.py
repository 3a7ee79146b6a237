"""Monte Carlo go on a board of 9 by 9: n random games from each of two openings.

Stresses lists of ints at computed places, sets of points, flood fill, and objects with methods.
"""
import sys

SIZE = 9
EMPTY, BLACK, WHITE = 0, 1, 2


def neighbours_of(point):
    row, column = divmod(point, SIZE)
    found = []
    if row > 0:
        found.append(point - SIZE)
    if row < SIZE - 1:
        found.append(point + SIZE)
    if column > 0:
        found.append(point - 1)
    if column < SIZE - 1:
        found.append(point + 1)
    return found


NEIGHBOURS = [neighbours_of(point) for point in range(SIZE * SIZE)]


class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        return (self.state >> 10) % limit


class Board:
    def __init__(self):
        self.colors = [EMPTY] * (SIZE * SIZE)
        self.empty = list(range(SIZE * SIZE))
        self.ko = -1
        self.captured = [0, 0, 0]

    def copy(self):
        other = Board()
        other.colors = self.colors[:]
        other.empty = self.empty[:]
        other.ko = self.ko
        other.captured = self.captured[:]
        return other

    def group(self, point):
        """The stones connected with a point, and whether they have no liberty."""
        color = self.colors[point]
        stones = {point}
        todo = [point]
        while todo:
            for other in NEIGHBOURS[todo.pop()]:
                found = self.colors[other]
                if found == EMPTY:
                    return stones, False
                if found == color and other not in stones:
                    stones.add(other)
                    todo.append(other)
        return stones, True

    def is_eye(self, point, color):
        return all(self.colors[other] == color for other in NEIGHBOURS[point])

    def play(self, point, color):
        """Puts a stone and takes what it captures; False where the rules forbid it."""
        if self.colors[point] != EMPTY or point == self.ko:
            return False
        self.colors[point] = color
        taken = []
        for other in NEIGHBOURS[point]:
            if self.colors[other] == 3 - color:
                stones, caught = self.group(other)
                if caught:
                    for stone in sorted(stones):
                        self.colors[stone] = EMPTY
                        taken.append(stone)
        if not taken and self.group(point)[1]:
            self.colors[point] = EMPTY
            return False
        self.ko = taken[0] if len(taken) == 1 else -1
        self.captured[color] += len(taken)
        self.empty.remove(point)
        self.empty.extend(taken)
        return True

    def random_move(self, color, random):
        """Plays anywhere that is no eye of its own; False where it has to pass."""
        open_points = self.empty[:]
        while open_points:
            i = random.below(len(open_points))
            point = open_points[i]
            open_points[i] = open_points[-1]
            open_points.pop()
            if not self.is_eye(point, color) and self.play(point, color):
                return True
        return False

    def score(self):
        """Area of black minus area of white."""
        total = 0
        for point, color in enumerate(self.colors):
            if color == EMPTY:
                around = {self.colors[other] for other in NEIGHBOURS[point]}
                if around == {BLACK}:
                    total += 1
                elif around == {WHITE}:
                    total -= 1
            else:
                total += 1 if color == BLACK else -1
        return total


def playout(board, color, random):
    passes = 0
    moves = 0
    while passes < 2 and moves < 3 * SIZE * SIZE:
        passes = 0 if board.random_move(color, random) else passes + 1
        color = 3 - color
        moves += 1
    return board.score(), moves


def main(n=100):
    random = Random(7)
    results = []
    for opening in (40, 20):
        start = Board()
        start.play(opening, BLACK)
        wins = 0
        total = 0
        length = 0
        for _ in range(n):
            score, moves = playout(start.copy(), WHITE, random)
            wins += score > 7
            total += score
            length += moves
        results.append((wins, total, length))
    return results


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
