"""Task scheduler of a small operating system: n rounds of an idle task, two devices, two
handlers and a worker that pass packets to each other.

Stresses method calls on five classes through one call site, attribute loads and stores on
small objects, and linked lists that grow and shrink.
"""
import sys

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
DEVICE_PACKET, WORK_PACKET = 0, 1
BUFFER = 4


class Packet:
    def __init__(self, link, ident, kind):
        self.link = link
        self.ident = ident
        self.kind = kind
        self.datum = 0
        self.data = [0] * BUFFER

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class Task:
    """What every task has: its place in the scheduler's list, its state and its queue."""

    def __init__(self, scheduler, ident, priority, queue):
        self.scheduler = scheduler
        self.next = scheduler.tasks
        self.ident = ident
        self.priority = priority
        self.queue = queue
        self.packet_pending = queue is not None
        self.waiting = queue is not None
        self.holding = False
        scheduler.add(self)

    def is_blocked(self):
        return self.holding or (not self.packet_pending and self.waiting)

    def take_packet(self):
        """Makes the task running; the packet that woke it, if one did."""
        packet = None
        if self.waiting and self.packet_pending:
            packet = self.queue
            self.queue = packet.link
            self.packet_pending = self.queue is not None
        self.waiting = False
        return packet

    def check_priority_add(self, task, packet):
        """Queues a packet here; the task to run next."""
        if self.queue is None:
            self.queue = packet
            self.packet_pending = True
            if self.priority > task.priority:
                return self
        else:
            packet.append_to(self.queue)
        return task

    def wait(self):
        self.waiting = True
        return self

    def hold(self):
        self.scheduler.held += 1
        self.holding = True
        return self.next

    def release(self, ident):
        other = self.scheduler.find(ident)
        other.holding = False
        return other if other.priority > self.priority else self

    def send(self, packet):
        other = self.scheduler.find(packet.ident)
        self.scheduler.queued += 1
        packet.link = None
        packet.ident = self.ident
        return other.check_priority_add(self, packet)


class IdleTask(Task):
    """Releases one of the devices in each of its turns, as a shift register says."""

    def __init__(self, scheduler, turns):
        super().__init__(scheduler, IDLE, 0, None)
        self.control = 1
        self.turns = turns

    def run(self, packet):
        self.turns -= 1
        if self.turns == 0:
            return self.hold()
        if self.control & 1 == 0:
            self.control //= 2
            return self.release(DEVICE_A)
        self.control = self.control // 2 ^ 0xD008
        return self.release(DEVICE_B)


class DeviceTask(Task):
    """Holds what it is asked to do until it is released, then sends it back."""

    def __init__(self, scheduler, ident, priority):
        super().__init__(scheduler, ident, priority, None)
        self.waiting = True
        self.pending = None

    def run(self, packet):
        if packet is not None:
            self.pending = packet
            return self.hold()
        packet = self.pending
        if packet is None:
            return self.wait()
        self.pending = None
        return self.send(packet)


class HandlerTask(Task):
    """Feeds the data of work packets to its device, one datum in each device packet."""

    def __init__(self, scheduler, ident, priority, queue):
        super().__init__(scheduler, ident, priority, queue)
        self.work = None
        self.devices = None

    def run(self, packet):
        if packet is not None:
            if packet.kind == WORK_PACKET:
                self.work = packet.append_to(self.work)
            else:
                self.devices = packet.append_to(self.devices)
        work = self.work
        if work is None:
            return self.wait()
        count = work.datum
        if count >= BUFFER:
            self.work = work.link
            return self.send(work)
        device = self.devices
        if device is None:
            return self.wait()
        self.devices = device.link
        device.datum = work.data[count]
        work.datum = count + 1
        return self.send(device)


class WorkTask(Task):
    """Fills packets with letters and sends them to the handlers in turn."""

    def __init__(self, scheduler, priority, queue):
        super().__init__(scheduler, WORKER, priority, queue)
        self.destination = HANDLER_A
        self.count = 0

    def run(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_A + HANDLER_B - self.destination
        packet.ident = self.destination
        packet.datum = 0
        for i in range(BUFFER):
            self.count += 1
            if self.count > 26:
                self.count = 1
            packet.data[i] = ord("A") + self.count - 1
        return self.send(packet)


class Scheduler:
    def __init__(self):
        self.tasks = None
        self.table = [None] * 6
        self.queued = 0
        self.held = 0

    def add(self, task):
        self.tasks = task
        self.table[task.ident] = task

    def find(self, ident):
        return self.table[ident]

    def run(self):
        task = self.tasks
        while task is not None:
            if task.is_blocked():
                task = task.next
            else:
                task = task.run(task.take_packet())


def packets(ident, kind, count):
    queue = None
    for _ in range(count):
        queue = Packet(queue, ident, kind)
    return queue


def main(n=90_000):
    scheduler = Scheduler()
    IdleTask(scheduler, n)
    WorkTask(scheduler, 1000, packets(WORKER, WORK_PACKET, 2))
    HandlerTask(scheduler, HANDLER_A, 2000, packets(DEVICE_A, DEVICE_PACKET, 3))
    HandlerTask(scheduler, HANDLER_B, 3000, packets(DEVICE_B, DEVICE_PACKET, 3))
    DeviceTask(scheduler, DEVICE_A, 4000)
    DeviceTask(scheduler, DEVICE_B, 5000)
    scheduler.run()
    return scheduler.queued, scheduler.held


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
