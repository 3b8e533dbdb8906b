"""The house: floors and what each room of hub/ may include. The one copy that a machine reads;
docs/ARCHITECTURE.md draws the same."""

# room: (floor, rooms it may include)
ROOMS = {
    "base": (0, ()),
    "telemetry": (0, ("base",)),
    "model": (1, ("base",)),
    "statistics": (1, ("base",)),
    "linkage": (2, ("base", "model")),
    "hotspot": (2, ("base", "model", "statistics")),
    "alert": (2, ("base", "model")),
    "health": (2, ("base", "model", "statistics")),
    "sharing": (2, ("base", "model")),
    "access": (2, ("base", "model")),
    "wire": (2, ("base", "model")),
    "storage": (2, ("base", "telemetry", "model")),
    "feed": (3, ("base", "model")),
    "pipeline": (4, ("base", "telemetry", "model", "statistics", "linkage", "hotspot", "alert",
                     "health", "sharing", "access", "wire", "storage", "feed")),
    "delivery": (5, ("base", "telemetry", "model", "alert", "wire", "storage")),
    "session": (5, ("base", "telemetry", "model", "access", "wire", "feed", "pipeline")),
    "server": (6, ("base", "telemetry", "model", "access", "wire", "feed", "pipeline", "session")),
    "app": (7, ("base", "telemetry", "model", "linkage", "hotspot", "sharing", "access", "wire",
                "storage", "feed", "pipeline", "delivery", "session", "server")),
}

# Headers that only some rooms may include: a library shows through at one place.
FENCED_HEADERS = {
    r".*\.pb\.h$": ("wire",),
    r"rocksdb/.*": ("storage",),
    r"s2/.*": ("model",),
    r"absl/.*": ("model",),
    r"spdlog/.*": ("telemetry",),
    r"prometheus/.*": ("telemetry",),
    r"toml\+\+/.*": ("app",),
    r"CLI/.*": ("app",),
    r"boost/beast.*": ("delivery", "server", "app"),
    r"boost/asio.*": ("pipeline", "delivery", "session", "server", "app"),
    r"openssl/.*": ("access", "storage", "delivery", "server"),
}

# Folders and files named so hold what nobody found a place for.
FORBIDDEN_NAMES = ("common", "helper", "helpers", "misc", "util", "utils")

# What source files of the project look like, and where rules about them hold.
CODE_SUFFIXES = (".cc", ".h", ".ts", ".py")
LINES_MAX = 400
LENGTH_FOLDERS = ("hub", "clients", "bench")

# Put together here, so that this file does not hold what it forbids.
FORBIDDEN_WORDS = tuple(
    ".".join(parts)
    for parts in (
        ("deb", "debian", "org"),
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("proxy", "golang", "org"),
        ("crates", "io"),
    )
)
# Absolute paths of one machine.
FORBIDDEN_PATHS = tuple("/" + name for name in ("work", "root"))
LEFT_OVERS = tuple("".join(parts) for parts in (("FIX", "ME"), ("TO", "DO"), ("XX", "X")))
