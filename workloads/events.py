"""Simulates a shop with queues by events in a binary heap of its own, until n customers have come.

Stresses a heap of objects that compare themselves, method calls through tables, and lists as queues.
"""
import sys


class Event:
    def __init__(self, time, serial, action, subject):
        self.time = time
        self.serial = serial
        self.action = action
        self.subject = subject

    def __lt__(self, other):
        if self.time != other.time:
            return self.time < other.time
        return self.serial < other.serial


class Heap:
    def __init__(self):
        self.items = []

    def push(self, item):
        items = self.items
        items.append(item)
        at = len(items) - 1
        while at > 0:
            parent = (at - 1) >> 1
            if not item < items[parent]:
                break
            items[at] = items[parent]
            at = parent
        items[at] = item

    def pop(self):
        items = self.items
        top = items[0]
        last = items.pop()
        count = len(items)
        if count == 0:
            return top
        at = 0
        child = 1
        while child < count:
            if child + 1 < count and items[child + 1] < items[child]:
                child += 1
            if not items[child] < last:
                break
            items[at] = items[child]
            at = child
            child = 2 * at + 1
        items[at] = last
        return top


class Customer:
    def __init__(self, number, arrival, patience):
        self.number = number
        self.arrival = arrival
        self.patience = patience
        self.served = False


class Till:
    def __init__(self, speed):
        self.speed = speed
        self.queue = []
        self.current = None
        self.sold = 0


class Shop:
    def __init__(self, limit):
        self.heap = Heap()
        self.tills = [Till(speed) for speed in (5, 7, 9, 12)]
        self.limit = limit
        self.now = 0
        self.serial = 0
        self.state = 31
        self.lost = 0
        self.waited = 0
        self.check = 0
        self.actions = {"come": self.come, "done": self.done, "leave": self.leave}

    def random(self, limit):
        self.state = (self.state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        return (self.state >> 9) % limit

    def after(self, delay, action, subject):
        self.serial += 1
        self.heap.push(Event(self.now + delay, self.serial, action, subject))

    def come(self, number):
        customer = Customer(number, self.now, 20 + self.random(80))
        till = min(self.tills, key=lambda t: len(t.queue))
        till.queue.append(customer)
        self.after(customer.patience, "leave", (till, customer))
        if till.current is None:
            self.serve(till)
        if number + 1 < self.limit:
            self.after(1 + self.random(4), "come", number + 1)

    def serve(self, till):
        if not till.queue:
            till.current = None
            return
        customer = till.queue.pop(0)
        customer.served = True
        till.current = customer
        self.waited += self.now - customer.arrival
        self.after(till.speed + self.random(6), "done", till)

    def done(self, till):
        till.sold += 1
        self.serve(till)

    def leave(self, subject):
        till, customer = subject
        if not customer.served:
            till.queue.remove(customer)
            self.lost += 1

    def run(self):
        self.after(0, "come", 0)
        while self.heap.items:
            event = self.heap.pop()
            self.now = event.time
            self.actions[event.action](event.subject)
            self.check = (self.check * 31 + self.now) % 1_000_000_007


def main(n=34_000):
    shop = Shop(n)
    shop.run()
    return [till.sold for till in shop.tills], shop.lost, shop.waited, shop.now, shop.check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
