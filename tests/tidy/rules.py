"""The house rules, each a function from a tree to the violations it finds.

A violation is a line of text: file, line where there is one, what is wrong, what to do."""

import pathlib
import re

import rooms

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", "commonwatch-data", "dist",
                   "generated", "test-results"}
ROOM_CALL = re.compile(r"commonwatch_room\(\s*(\w+)([^)]*)\)")


class Tree:
    """The files of a checkout, read once."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.paths = sorted(
            path.relative_to(self.root)
            for path in self.root.rglob("*")
            if path.is_file()
            and not SKIPPED_FOLDERS.intersection(path.relative_to(self.root).parts)
        )
        self.text = {}
        for path in self.paths:
            try:
                self.text[path] = (self.root / path).read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                pass  # not text: no rule reads it

    def code(self, folder=None):
        for path, text in self.text.items():
            if path.suffix in rooms.CODE_SUFFIXES and (folder is None or path.parts[0] == folder):
                yield path, text

    def includes(self, folder):
        """(path, line number, header, quoted) of every include directive of C++ files."""
        for path, text in self.code(folder):
            if path.suffix not in (".cc", ".h"):
                continue
            for number, line in enumerate(text.splitlines(), 1):
                match = INCLUDE.match(line)
                if match:
                    yield path, number, match.group(1) or match.group(2), bool(match.group(1))


def room_of(path):
    """hub/ROOM/file: ROOM. hub/main.cc belongs to the top floor."""
    return path.parts[1] if len(path.parts) > 2 else "app"


def rooms_are_known(tree):
    for name in sorted({path.parts[1] for path, _ in tree.code("hub") if len(path.parts) > 2}):
        if name not in rooms.ROOMS:
            yield f"hub/{name}: no room of this name in tests/tidy/rooms.py; give it a floor there"


def the_table_has_floors(tree):
    """The table itself: a room uses rooms below it only (telemetry stands on base)."""
    del tree
    for name, (floor, uses) in rooms.ROOMS.items():
        for other in uses:
            below = rooms.ROOMS[other][0] < floor or (name, other) == ("telemetry", "base")
            if not below:
                yield f"tests/tidy/rooms.py: {name} uses {other}, which is not below it"


def includes_go_down(tree):
    for path, number, header, quoted in tree.includes("hub"):
        if not quoted or not header.startswith("hub/") or header.count("/") < 2:
            continue
        here, there = room_of(path), header.split("/")[1]
        if here == there or here not in rooms.ROOMS:
            continue
        if there not in rooms.ROOMS[here][1]:
            yield f"{path}:{number}: {here} may not include {header}; it may use " + (
                ", ".join(rooms.ROOMS[here][1]) or "no room")


def includes_are_rooted(tree):
    for folder in ("hub", "clients", "bench", "tests"):
        for path, number, header, quoted in tree.includes(folder):
            if not quoted or header.endswith(".pb.h"):
                continue
            if not (tree.root / header).is_file():
                yield (f'{path}:{number}: "{header}" is not a path from the root of the checkout; '
                       "write it out, or use <> for a library")


def libraries_show_through_at_one_place(tree):
    for path, number, header, _ in tree.includes("hub"):
        for pattern, allowed in rooms.FENCED_HEADERS.items():
            if re.fullmatch(pattern, header) and room_of(path) not in allowed:
                yield (f"{path}:{number}: {header} belongs to {', '.join(allowed)}; "
                       f"{room_of(path)} uses what they offer")


def files_form_no_cycle(tree):
    edges = {}
    for folder in ("hub", "clients", "bench"):
        for path, _, header, quoted in tree.includes(folder):
            if quoted:
                edges.setdefault(str(path), set()).add(header)
    yield from (f"include cycle: {' -> '.join(cycle)}" for cycle in cycles(edges))


def rooms_form_no_cycle(tree):
    edges = {}
    for path, _, header, quoted in tree.includes("hub"):
        if quoted and header.startswith("hub/") and header.count("/") >= 2:
            here, there = room_of(path), header.split("/")[1]
            if here != there:
                edges.setdefault(here, set()).add(there)
    yield from (f"rooms in a cycle: {' -> '.join(cycle)}" for cycle in cycles(edges))


def cycles(edges):
    """Each cycle that a depth-first walk closes, as a list of its nodes."""
    done, found = set(), []

    def visit(node, path):
        if node in path:
            found.append(path[path.index(node):] + [node])
            return
        if node in done:
            return
        for following in sorted(edges.get(node, ())):
            visit(following, path + [node])
        done.add(node)

    for start in sorted(edges):
        visit(start, [])
    return found


def the_build_agrees(tree):
    """hub/CMakeLists.txt links a room to nothing its row does not allow, and to all it includes."""
    path = pathlib.Path("hub/CMakeLists.txt")
    text = re.sub(r"#.*", "", tree.text.get(path, ""))
    uses = {}
    for name, rest in ROOM_CALL.findall(text):
        match = re.search(r"\bUSES\b(.*?)(?:\bLIBRARIES\b|$)", rest, re.S)
        uses[name] = match.group(1).split() if match else []
    for name, others in uses.items():
        if name not in rooms.ROOMS:
            yield f"{path}: room {name} is not in tests/tidy/rooms.py"
            continue
        for other in others:
            if other not in rooms.ROOMS[name][1]:
                yield f"{path}: {name} may not link to {other}"
    for name in sorted({room_of(p) for p, _ in tree.code("hub") if len(p.parts) > 2}):
        if name not in uses:
            yield f"{path}: hub/{name} has no commonwatch_room()"
    linked = {name: reach(name, uses) for name in uses}
    for source, number, header, quoted in tree.includes("hub"):
        if not quoted or not header.startswith("hub/") or header.count("/") < 2:
            continue
        here, there = room_of(source), header.split("/")[1]
        if len(source.parts) > 2 and here != there and there not in linked.get(here, ()):
            yield f"{source}:{number}: includes {there}, but {path} does not link {here} to it"


def reach(name, uses):
    seen, open_ends = set(), list(uses.get(name, ()))
    while open_ends:
        other = open_ends.pop()
        if other not in seen:
            seen.add(other)
            open_ends.extend(uses.get(other, ()))
    return seen


def names_say_something(tree):
    for path in tree.paths:
        for part in path.parts:
            stem = part.split(".")[0].lower()
            words = {stem, *re.split(r"[_-]", stem)}
            if words.intersection(rooms.FORBIDDEN_NAMES):
                yield f"{path}: '{part}' says nothing; name it after what it does"
                break


def files_are_short(tree):
    for path, text in tree.code():
        lines = text.count("\n")
        if path.parts[0] in rooms.LENGTH_FOLDERS and lines > rooms.LINES_MAX:
            yield f"{path}: {lines} lines, at most {rooms.LINES_MAX}; split it by verb"


def nothing_is_left_over(tree):
    pattern = re.compile(r"\b(" + "|".join(rooms.LEFT_OVERS) + r")\b")
    for path, text in tree.text.items():
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                yield f"{path}:{number}: left over: {line.strip()[:80]}"
    for path in tree.paths:
        if path.stem == "placeholder":
            siblings = [other for other in tree.paths
                        if other.parent == path.parent and other.suffix == ".cc" and other != path]
            if siblings:
                yield f"{path}: the folder has real sources; delete it"


def no_machine_is_named(tree):
    # Behind a letter, dot, variable or pattern it is a part of some other path.
    paths = re.compile(r"(?<![\w.~)}\]*-])(" + "|".join(rooms.FORBIDDEN_PATHS) + r")(?![\w-])")
    for path, text in tree.text.items():
        for number, line in enumerate(text.splitlines(), 1):
            found = [word for word in rooms.FORBIDDEN_WORDS if word in line.lower()]
            found += paths.findall(line)
            for word in found:
                yield f"{path}:{number}: names '{word}', which belongs to one machine or host"


def no_lambda_with_state_is_awaited(tree):
    """g++ 12 destroys twice what a lambda captured by value when the lambda is a temporary of a
    `co_await` expression. A lambda with a name, made before, is destroyed once."""
    for folder in ("hub", "clients", "bench"):
        for path, text in tree.code(folder):
            if path.suffix not in (".cc", ".h"):
                continue
            for match in re.finditer(r"\bco_await\b", text):
                for captures in temporary_lambdas(text, match.end()):
                    if any(c.strip() and not c.strip().startswith("&") and c.strip() != "this"
                           for c in captures.split(",")):
                        number = text.count("\n", 0, match.start()) + 1
                        yield (f"{path}:{number}: co_await with a lambda that captures "
                               f"[{captures}] by value; name the lambda first")


def temporary_lambdas(text, at):
    """Capture lists of the lambdas in the expression from `at` up to its `;`, without what their
    bodies hold."""
    depth, parentheses = 0, 0
    while at < len(text):
        character = text[at]
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
        elif depth == 0 and character == "(":
            parentheses += 1
        elif depth == 0 and character == ")":
            parentheses -= 1
        elif depth == 0 and character == "[" and re.search(r"[(,]\s*$", text[max(0, at - 80):at]):
            end = text.find("]", at)
            yield text[at + 1:end]
            at = end
        if depth < 0 or parentheses < 0 or (depth == 0 and character == ";"):
            return
        at += 1


RULES = (
    rooms_are_known, the_table_has_floors, includes_go_down, includes_are_rooted,
    libraries_show_through_at_one_place, files_form_no_cycle, rooms_form_no_cycle,
    the_build_agrees, names_say_something, files_are_short, nothing_is_left_over,
    no_machine_is_named, no_lambda_with_state_is_awaited,
)
