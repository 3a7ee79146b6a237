"""A ray tracer: spheres and a checkered floor, with shadows and mirrors, on n rows of pixels.

Stresses small short-lived objects with operators, float arithmetic on attributes, polymorphic
calls and recursion.
"""
import math
import sys


class Vector:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def unit(self):
        return self * (1.0 / math.sqrt(self.dot(self)))

    def mirrored(self, normal):
        return self - normal * (2.0 * self.dot(normal))


class Ray:
    def __init__(self, origin, direction):
        self.origin = origin
        self.direction = direction.unit()

    def at(self, distance):
        return self.origin + self.direction * distance


class Sphere:
    def __init__(self, center, radius, color, mirror):
        self.center = center
        self.radius = radius
        self.color = color
        self.mirror = mirror

    def distance(self, ray):
        """Where the ray meets it first, or None."""
        offset = self.center - ray.origin
        along = offset.dot(ray.direction)
        inside = self.radius * self.radius - (offset.dot(offset) - along * along)
        if inside < 0.0:
            return None
        near = along - math.sqrt(inside)
        return near if near > 1e-6 else None

    def normal(self, point):
        return (point - self.center).unit()

    def color_at(self, point):
        return self.color


class Floor:
    mirror = 0.15

    def __init__(self, height, light, dark):
        self.height = height
        self.light = light
        self.dark = dark

    def distance(self, ray):
        slope = ray.direction.y
        if slope > -1e-6:
            return None
        distance = (self.height - ray.origin.y) / slope
        return distance if distance > 1e-6 else None

    def normal(self, point):
        return Vector(0.0, 1.0, 0.0)

    def color_at(self, point):
        even = (math.floor(point.x) + math.floor(point.z)) % 2 == 0
        return self.light if even else self.dark


class Scene:
    def __init__(self):
        self.things = []
        self.lamp = Vector(6.0, 9.0, -4.0)

    def nearest(self, ray):
        best = None
        shortest = math.inf
        for thing in self.things:
            distance = thing.distance(ray)
            if distance is not None and distance < shortest:
                best, shortest = thing, distance
        return best, shortest

    def is_shadowed(self, point):
        ray = Ray(point, self.lamp - point)
        for thing in self.things:
            if thing.distance(ray) is not None:
                return True
        return False

    def color(self, ray, depth):
        thing, distance = self.nearest(ray)
        if thing is None:
            return Vector(0.3, 0.4, 0.6) * (0.5 + 0.5 * ray.direction.y)
        point = ray.at(distance)
        normal = thing.normal(point)
        light = 0.15
        if not self.is_shadowed(point):
            light += max(0.0, normal.dot((self.lamp - point).unit()))
        color = thing.color_at(point) * light
        if thing.mirror > 0.0 and depth > 0:
            mirrored = Ray(point, ray.direction.mirrored(normal))
            color = color * (1.0 - thing.mirror) + self.color(mirrored, depth - 1) * thing.mirror
        return color


def make_scene():
    scene = Scene()
    scene.things.append(Floor(0.0, Vector(0.9, 0.9, 0.8), Vector(0.2, 0.2, 0.25)))
    for i in range(5):
        angle = i * 1.2566
        center = Vector(2.2 * math.cos(angle), 0.8, 5.0 + 2.2 * math.sin(angle))
        color = Vector(0.3 + 0.14 * i, 0.9 - 0.15 * i, 0.5)
        scene.things.append(Sphere(center, 0.8, color, 0.1 * i))
    return scene


def main(n=110):
    scene = make_scene()
    eye = Vector(0.0, 1.8, -3.0)
    check = 0
    total = 0.0
    for row in range(n):
        for column in range(n):
            x = (column + 0.5) / n - 0.5
            y = 0.45 - (row + 0.5) / n
            color = scene.color(Ray(eye, Vector(x, y, 0.8)), 2)
            total += color.x + color.y + color.z
            for part in (color.x, color.y, color.z):
                check = (check * 257 + min(255, int(part * 255.0))) % 1_000_000_007
    return check, round(total, 6)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
