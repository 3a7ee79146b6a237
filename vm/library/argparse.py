"""Reading the arguments of a program."""

import sys

SUPPRESS = "==SUPPRESS=="
REMAINDER = "..."
OPTIONAL, ZERO_OR_MORE, ONE_OR_MORE = "?", "*", "+"


class ArgumentError(Exception):
    def __init__(self, argument, message):
        self.argument_name = argument
        self.message = message

    def __str__(self):
        return self.message


class ArgumentTypeError(Exception):
    pass


class HelpFormatter:
    pass


class RawDescriptionHelpFormatter(HelpFormatter):
    pass


class RawTextHelpFormatter(HelpFormatter):
    pass


class ArgumentDefaultsHelpFormatter(HelpFormatter):
    pass


class Namespace:
    """What was given, as attributes."""

    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)

    def __contains__(self, name):
        return name in self.__dict__

    def __eq__(self, other):
        return isinstance(other, Namespace) and self.__dict__ == other.__dict__

    def __repr__(self):
        inner = ", ".join([f"{name}={value!r}" for name, value in self.__dict__.items()])
        return f"Namespace({inner})"


class _Argument:
    """One that a parser knows: `flags` of an option, none of a positional one."""

    def __init__(self, flags, dest, action, nargs, const, default, type, choices, required, help,
                 metavar, version):
        self.option_strings = flags
        self.dest = dest
        self.action = action
        self.nargs = nargs
        self.const = const
        self.default = default
        self.type = type
        self.choices = choices
        self.required = required
        self.help = help
        self.metavar = metavar
        self.version = version

    def takes_value(self):
        return self.action in ("store", "append", "extend")

    def shown(self):
        if self.option_strings:
            return "/".join(self.option_strings)
        return self.metavar or self.dest

    def placeholder(self):
        if self.metavar is not None:
            return self.metavar
        if self.choices is not None:
            return "{" + ",".join([str(choice) for choice in self.choices]) + "}"
        return self.dest.upper() if self.option_strings else self.dest

    def usage(self):
        """The argument as the line of usage shows it."""
        name = self.placeholder()
        values = {None: name, "?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} [{name} ...]",
                  REMAINDER: "..."}
        if isinstance(self.nargs, int):
            value = " ".join([name] * self.nargs)
        else:
            value = values[self.nargs]
        if not self.option_strings:
            return value
        text = self.option_strings[0]
        if self.takes_value():
            text += " " + value
        return text if self.required else f"[{text}]"


class _Group:
    """Arguments that stand together in the help."""

    def __init__(self, parser, required=False, exclusive=False):
        self._parser = parser
        self.required = required
        self._exclusive = exclusive
        self._arguments = []

    def add_argument(self, *flags, **options):
        argument = self._parser.add_argument(*flags, **options)
        self._arguments.append(argument)
        return argument

    def add_mutually_exclusive_group(self, *, required=False):
        return self._parser.add_mutually_exclusive_group(required=required)


class ArgumentParser:
    """Knows the arguments of a program, and reads them."""

    def __init__(self, prog=None, usage=None, description=None, epilog=None, parents=(),
                 formatter_class=None, prefix_chars="-", fromfile_prefix_chars=None,
                 argument_default=None, conflict_handler="error", add_help=True,
                 allow_abbrev=True, exit_on_error=True):
        if prog is None:
            prog = sys.argv[0].rsplit("/", 1)[-1]
        self.prog = prog
        self.usage = usage
        self.description = description
        self.epilog = epilog
        self.argument_default = argument_default
        self._arguments = []
        self._groups = []
        self._defaults = {}
        self._subparsers = None
        for parent in parents:
            self._arguments.extend([a for a in parent._arguments if a.action != "help"])
        if add_help:
            self.add_argument("-h", "--help", action="help",
                              help="show this help message and exit")

    def add_argument(self, *flags, dest=None, action="store", nargs=None, const=None,
                     default=None, type=None, choices=None, required=False, help=None,
                     metavar=None, version=None):
        if not isinstance(action, str):
            raise ValueError("actions that are classes are outside the subset")
        optional = bool(flags) and flags[0].startswith("-")
        if dest is None:
            if optional:
                long = [flag for flag in flags if flag.startswith("--")] or list(flags)
                dest = long[0].lstrip("-").replace("-", "_")
            else:
                dest = flags[0]
        if action == "store_true":
            const, default = True, False if default is None else default
        elif action == "store_false":
            const, default = False, True if default is None else default
        elif action in ("help", "version"):
            dest, default = SUPPRESS, SUPPRESS
        elif default is None:
            default = self.argument_default
        if not optional:
            required = nargs not in ("?", "*") and default is None
        argument = _Argument(list(flags) if optional else [], dest, action, nargs, const, default,
                             type, choices, required, help, metavar, version)
        self._arguments.append(argument)
        return argument

    def add_argument_group(self, title=None, description=None):
        return _Group(self)

    def add_mutually_exclusive_group(self, *, required=False):
        group = _Group(self, required, True)
        self._groups.append(group)
        return group

    def set_defaults(self, **values):
        self._defaults.update(values)
        for argument in self._arguments:
            if argument.dest in values:
                argument.default = values[argument.dest]

    def get_default(self, dest):
        for argument in self._arguments:
            if argument.dest == dest:
                return argument.default
        return self._defaults.get(dest)

    def parse_args(self, args=None, namespace=None):
        namespace, rest = self.parse_known_args(args, namespace)
        if rest:
            self.error("unrecognized arguments: " + " ".join(rest))
        return namespace

    def parse_known_args(self, args=None, namespace=None):
        args = list(sys.argv[1:] if args is None else args)
        namespace = Namespace() if namespace is None else namespace
        try:
            rest = self._read(args, namespace)
        except ArgumentError as error:
            self.error(str(error))
        return namespace, rest

    def _read(self, args, namespace):
        for argument in self._arguments:
            if argument.dest != SUPPRESS and argument.default != SUPPRESS:
                if not hasattr(namespace, argument.dest):
                    setattr(namespace, argument.dest, argument.default)
        for name, value in self._defaults.items():
            if not hasattr(namespace, name):
                setattr(namespace, name, value)
        by_flag = {flag: a for a in self._arguments for flag in a.option_strings}
        waiting = [a for a in self._arguments if not a.option_strings]
        seen = []
        unknown = []
        plain = []
        at = 0
        only_plain = False
        while at < len(args):
            arg = args[at]
            at += 1
            if only_plain or not arg.startswith("-") or arg == "-" or self._is_number(arg, by_flag):
                plain.append(arg)
                continue
            if arg == "--":
                only_plain = True
                continue
            flag, attached = arg, None
            argument = by_flag.get(flag)
            if argument is None and arg.startswith("--"):
                flag, equals, text = arg.partition("=")
                attached = text if equals else None
                argument = by_flag.get(flag)
                if argument is None:
                    close = [name for name in by_flag if name.startswith(flag)]
                    if len(close) > 1:
                        raise ArgumentError(flag, f"ambiguous option: {arg} could match "
                                            + ", ".join(close))
                    argument = by_flag[close[0]] if close else None
            elif argument is None and len(arg) > 2 and arg[:2] in by_flag:
                argument = by_flag[arg[:2]]
                if argument.takes_value():
                    attached = arg[2:].removeprefix("=")
                else:
                    args.insert(at, "-" + arg[2:])
            if argument is None:
                unknown.append(arg)
                continue
            self._exclude(argument, seen)
            seen.append(argument)
            if not argument.takes_value():
                if attached is not None:
                    raise ArgumentError(flag, f"argument {argument.shown()}: ignored explicit "
                                        f"argument {attached!r}")
                self._act(argument, namespace)
                continue
            values = []
            if attached is not None:
                values.append(attached)
            else:
                most = {None: 1, "?": 1}.get(argument.nargs, argument.nargs)
                most = len(args) if not isinstance(most, int) else most
                while at < len(args) and len(values) < most:
                    value = args[at]
                    if value == "--" or value.startswith("-") and value != "-" and \
                            not self._is_number(value, by_flag):
                        break
                    values.append(value)
                    at += 1
            self._store(argument, values, namespace)
        self._place(plain, waiting, namespace, seen, unknown)
        missing = [a.shown() for a in self._arguments if a.required and a not in seen]
        if missing:
            raise ArgumentError(None, "the following arguments are required: "
                                + ", ".join(missing))
        for group in self._groups:
            if group.required and not [a for a in group._arguments if a in seen]:
                names = " ".join([a.shown() for a in group._arguments])
                raise ArgumentError(None, f"one of the arguments {names} is required")
        for argument in self._arguments:
            value = getattr(namespace, argument.dest, None) if argument.dest != SUPPRESS else None
            if argument not in seen and isinstance(value, str) and value == argument.default:
                setattr(namespace, argument.dest, self._converted(argument, value))
        return unknown

    def _is_number(self, arg, by_flag):
        try:
            float(arg)
        except ValueError:
            return False
        return not [flag for flag in by_flag if flag[1:2].isdigit()]

    def _exclude(self, argument, seen):
        for group in self._groups:
            if argument in group._arguments:
                for other in seen:
                    if other is not argument and other in group._arguments:
                        raise ArgumentError(None, f"argument {argument.shown()}: not allowed with "
                                            f"argument {other.shown()}")

    def _place(self, plain, waiting, namespace, seen, unknown):
        """Gives values to the positional arguments."""
        for number, argument in enumerate(waiting):
            later = sum([1 if a.nargs in (None, "+") else a.nargs if isinstance(a.nargs, int) else 0
                         for a in waiting[number + 1:]])
            free = len(plain) - later
            if argument.nargs is None:
                count = 1
            elif isinstance(argument.nargs, int):
                count = argument.nargs
            elif argument.nargs == "?":
                count = min(1, max(free, 0))
            else:
                count = max(free, 0)
            values, plain = plain[:count], plain[count:]
            if not values and argument.nargs in ("?", "*"):
                if argument.nargs == "*" and argument.default is None:
                    setattr(namespace, argument.dest, [])
                continue
            if len(values) < (count if argument.nargs != "+" else 1):
                continue
            seen.append(argument)
            self._store(argument, values, namespace)
        unknown.extend(plain)

    def _converted(self, argument, text):
        if argument.type is None:
            return text
        try:
            return argument.type(text)
        except ArgumentTypeError as error:
            raise ArgumentError(argument, f"argument {argument.shown()}: {error}") from None
        except (TypeError, ValueError):
            name = getattr(argument.type, "__name__", repr(argument.type))
            raise ArgumentError(argument, f"argument {argument.shown()}: invalid {name} value: "
                                f"{text!r}") from None

    def _store(self, argument, texts, namespace):
        values = [self._converted(argument, text) for text in texts]
        for value in values:
            if argument.choices is not None and value not in argument.choices:
                choices = ", ".join([repr(choice) for choice in argument.choices])
                raise ArgumentError(argument, f"argument {argument.shown()}: invalid choice: "
                                    f"{value!r} (choose from {choices})")
        nargs = argument.nargs
        if nargs is None:
            if not values:
                raise ArgumentError(argument, f"argument {argument.shown()}: expected one argument")
            value = values[0]
        elif nargs == "?":
            value = values[0] if values else argument.const
        else:
            least = nargs if isinstance(nargs, int) else 1 if nargs == "+" else 0
            if len(values) < least:
                what = f"{nargs} argument{'' if nargs == 1 else 's'}" if isinstance(nargs, int) \
                    else "at least one argument"
                raise ArgumentError(argument, f"argument {argument.shown()}: expected {what}")
            value = values
        if argument.action in ("append", "extend"):
            known = list(getattr(namespace, argument.dest, None) or [])
            value = known + (value if argument.action == "extend" else [value])
        setattr(namespace, argument.dest, value)

    def _act(self, argument, namespace):
        action = argument.action
        if action == "help":
            self.print_help()
            self.exit()
        elif action == "version":
            print((argument.version or "").replace("%(prog)s", self.prog))
            self.exit()
        elif action == "count":
            setattr(namespace, argument.dest, (getattr(namespace, argument.dest) or 0) + 1)
        elif action == "append_const":
            known = list(getattr(namespace, argument.dest, None) or [])
            setattr(namespace, argument.dest, known + [argument.const])
        else:
            setattr(namespace, argument.dest, argument.const)

    def format_usage(self):
        if self.usage is not None:
            return "usage: " + self.usage.replace("%(prog)s", self.prog) + "\n"
        options = [a.usage() for a in self._arguments if a.option_strings and a.help != SUPPRESS]
        plain = [a.usage() for a in self._arguments if not a.option_strings]
        return "usage: " + " ".join([self.prog] + options + plain) + "\n"

    def format_help(self):
        lines = [self.format_usage()]
        if self.description:
            lines.append(self.description + "\n")
        for title, wanted in (("positional arguments:", False), ("options:", True)):
            rows = []
            for a in self._arguments:
                if bool(a.option_strings) is not wanted or a.help == SUPPRESS:
                    continue
                name = a.placeholder()
                if a.option_strings:
                    value = " " + name if a.takes_value() else ""
                    name = ", ".join([flag + value for flag in a.option_strings])
                text = (a.help or "").replace("%(default)s", str(a.default))
                text = text.replace("%(prog)s", self.prog).replace("%%", "%")
                if not text:
                    rows.append(f"  {name}")
                elif len(name) <= 20:
                    rows.append(f"  {name:<20}  {text}")
                else:
                    rows.append(f"  {name}\n{'':24}{text}")
            if rows:
                lines.append("\n".join([title] + rows) + "\n")
        if self.epilog:
            lines.append(self.epilog + "\n")
        return "\n".join(lines)

    def print_usage(self, file=None):
        (file or sys.stdout).write(self.format_usage())

    def print_help(self, file=None):
        (file or sys.stdout).write(self.format_help())

    def exit(self, status=0, message=None):
        if message:
            sys.stderr.write(message)
        sys.exit(status)

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: error: {message}\n")
