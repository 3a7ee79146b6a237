"""Runs programs for `tierlab fuzz-python`: a JSON object with `source` in each line of standard input,
and in each line of standard output what became of it: `stdout`, `exit_code` and `last`, the last line of
the traceback."""
import io
import json
import signal
import sys
import traceback

replies = sys.stdout


class Late(BaseException):
    pass


def late(number, frame):
    raise Late


def last_line(text):
    lines = text.rstrip("\n").split("\n")
    return lines[-1]


def run(source):
    sys.stdout = output = io.StringIO()
    last, code = "", 0
    try:
        signal.alarm(SECONDS)
        exec(compile(source, "fuzz.py", "exec"), {"__name__": "__main__"})
    except SystemExit as exit:
        if isinstance(exit.code, int):
            code = exit.code
        elif exit.code is not None:
            code, last = 1, last_line(str(exit.code))
    except Late:
        code, last = -1, "no end"
    except BaseException as error:
        code, last = 1, last_line("".join(traceback.format_exception_only(error)))
    finally:
        signal.alarm(0)
        sys.stdout = replies
    return {"stdout": output.getvalue(), "exit_code": code, "last": last}


SECONDS = int(sys.argv[1])
signal.signal(signal.SIGALRM, late)
sys.argv = ["fuzz.py"]
for line in sys.stdin:
    reply = run(json.loads(line)["source"])
    replies.write(json.dumps(reply) + "\n")
    replies.flush()
