class ConfigError(Exception):
    pass


def lookup(table, key):
    return table[key]


def configure(table):
    try:
        return lookup(table, "port")
    except KeyError as error:
        raise ConfigError("no port") from error


def main():
    total = 0
    table = {"port": 80}
    for i in range(500):
        total += lookup(table, "port") + i
    print(total)
    try:
        configure({})
    except ConfigError:
        print(1 // 0)


main()
