"""A stack machine that runs a small program of bytecodes: primes below n, and a recursive function.

Stresses a dispatch chain over small ints, a list as a stack, and loops within which a loop runs.
"""
import sys

(PUSH, LOAD, STORE, ADD, SUB, MUL, MOD, LESS, EQUAL, JUMP, JUMP_IF_NOT, CALL, RETURN, HALT) = range(14)


class Frame:
    def __init__(self, back, slots):
        self.back = back
        self.slots = slots


class Machine:
    def __init__(self, code):
        self.code = code
        self.stack = []
        self.steps = 0

    def run(self, slots):
        code = self.code
        stack = self.stack
        frames = [Frame(-1, slots)]
        frame = frames[0]
        pc = 0
        steps = 0
        while True:
            op, argument = code[pc]
            pc += 1
            steps += 1
            if op == LOAD:
                stack.append(frame.slots[argument])
            elif op == PUSH:
                stack.append(argument)
            elif op == STORE:
                frame.slots[argument] = stack.pop()
            elif op == ADD:
                b = stack.pop()
                stack[-1] = stack[-1] + b
            elif op == SUB:
                b = stack.pop()
                stack[-1] = stack[-1] - b
            elif op == MUL:
                b = stack.pop()
                stack[-1] = stack[-1] * b
            elif op == MOD:
                b = stack.pop()
                stack[-1] = stack[-1] % b
            elif op == LESS:
                b = stack.pop()
                stack[-1] = stack[-1] < b
            elif op == EQUAL:
                b = stack.pop()
                stack[-1] = stack[-1] == b
            elif op == JUMP:
                pc = argument
            elif op == JUMP_IF_NOT:
                if not stack.pop():
                    pc = argument
            elif op == CALL:
                frame = Frame(pc, [stack.pop(), 0, 0, 0])
                frames.append(frame)
                pc = argument
            elif op == RETURN:
                pc = frame.back
                frames.pop()
                frame = frames[-1]
            else:
                self.steps = steps
                return frame.slots


def assemble(lines):
    """Instructions from text; a line that ends in a colon names the next one."""
    names = {}
    parsed = []
    for line in lines.split("\n"):
        words = line.split()
        if not words:
            continue
        if words[0].endswith(":"):
            names[words[0][:-1]] = len(parsed)
        else:
            parsed.append(words)
    numbers = {
        "push": PUSH, "load": LOAD, "store": STORE, "add": ADD, "sub": SUB, "mul": MUL, "mod": MOD,
        "less": LESS, "equal": EQUAL, "jump": JUMP, "unless": JUMP_IF_NOT, "call": CALL,
        "return": RETURN, "halt": HALT,
    }
    code = []
    for words in parsed:
        argument = 0
        if len(words) > 1:
            argument = names[words[1]] if words[1] in names else int(words[1])
        code.append((numbers[words[0]], argument))
    return code


# Slots: 0 limit, 1 candidate, 2 divisor, 3 sum of primes, 4 sum of Fibonacci numbers.
PROGRAM = """
        push 2
        store 1
outer:
        load 1
        load 0
        less
        unless finish
        push 2
        store 2
inner:
        load 1
        load 2
        load 2
        mul
        less
        unless divide
        load 3
        load 1
        add
        store 3
        jump next
divide:
        load 1
        load 2
        mod
        push 0
        equal
        unless larger
        jump next
larger:
        load 2
        push 1
        add
        store 2
        jump inner
next:
        load 1
        push 1
        add
        store 1
        jump outer
finish:
        load 0
        push 13
        mod
        call fib
        store 4
        halt
fib:
        load 0
        push 2
        less
        unless deeper
        load 0
        return
deeper:
        load 0
        push 1
        sub
        call fib
        load 0
        push 2
        sub
        call fib
        add
        return
"""


def main(n=9_000):
    machine = Machine(assemble(PROGRAM))
    slots = machine.run([n, 0, 0, 0, 0])
    return machine.steps, slots


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
