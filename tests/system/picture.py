"""What a subscriber holds: the fold of snapshot and deltas, checked while it is folded."""

# The lists of a tile; a delta has the hotspots in `changed`.
LISTS = ("hotspots", "alerts", "places", "sources", "comparisons", "proposals", "publishedCounts",
         "publishedAlerts", "bandedHealth")


class Picture:
    """Feed it every live or replayed message (JSON bodies) in order."""

    def __init__(self):
        self.tiles = {}  # tile: (version, {list: {id: item}})
        self.version = 0
        self.epoch = None
        self.snapshots = 0
        self.resume_refused = False
        self._open = None  # tiles that are still to come of a snapshot
        self._settled = ({}, 0, None)  # as of the last progress

    def apply(self, kind, body):
        getattr(self, "_" + kind)(body)

    def _snapshot(self, body):
        self._move(body["position"])
        self.tiles, self._open = {}, body.get("tiles", 0)
        self.snapshots += 1
        self.resume_refused = body.get("resumeRefused", False)

    def _tile(self, body):
        if self._open == 0:
            raise AssertionError("more tiles than the snapshot's header said")
        if self._open:
            self._open -= 1
        self.tiles[body["tile"] if "tile" in body else "0"] = (
            int(body.get("version", 0)),
            {name: {item["id"]: item for item in body.get(name, [])} for name in LISTS})

    def _delta(self, body):
        if self._open:
            raise AssertionError(f"a delta while {self._open} tiles of the snapshot are missing")
        tile, version = body.get("tile", "0"), int(body["version"])
        held, content = self.tiles.get(tile, (0, {name: {} for name in LISTS}))
        previous = int(body.get("previous", 0))
        if previous > max(held, self.version):
            raise AssertionError(f"tile {tile}: changed at {previous}, but {held} is held: missed")
        if version <= self.version or version <= held:
            raise AssertionError(f"tile {tile}: version {version} after {self.version}, {held}")
        content = {name: dict(items) for name, items in content.items()}
        for ident in body.get("removed", []):
            if not any(items.pop(ident, None) for items in content.values()):
                raise AssertionError(f"tile {tile}: removes {ident}, which is not shown")
        for name in LISTS:
            changed = body.get("changed" if name == "hotspots" else name, [])
            content[name].update((item["id"], item) for item in changed)
        self.tiles[tile] = (version, content)

    def _progress(self, body):
        if "position" not in body:
            return  # a heartbeat before there is anything to stand at
        if self._open:
            raise AssertionError(f"progress while {self._open} tiles of the snapshot are missing")
        self._open = None
        self._move(body["position"])
        self._settled = (dict(self.tiles), self.version, self.epoch)

    def drop_unsettled(self):
        """The connection broke: back to the last progress, which is what a resume starts from."""
        self.tiles, self.version, self.epoch = (dict(self._settled[0]), *self._settled[1:])
        self._open = None

    def _move(self, position):
        version = int(position.get("version", 0))
        if version < self.version:
            raise AssertionError(f"version {version} after {self.version}")
        self.version, self.epoch = version, position["engineEpoch"]

    @property
    def position(self):
        return {"engineEpoch": self.epoch, "version": str(self.version)}

    def all(self, name):
        """{id: item} of one list, over all tiles."""
        return {ident: item for _, content in self.tiles.values()
                for ident, item in content[name].items()}

    def hotspots(self):
        return self.all("hotspots")

    def shown(self):
        """{tile: (version, content)} without the tiles that are empty."""
        return {tile: held for tile, held in self.tiles.items() if any(held[1].values())}


async def follow(session, picture, until, replay=0):
    """Folds what comes until a `progress` after which until(picture) holds."""
    while True:
        message = await session.receive_any(("snapshot", "tile", "delta", "progress"), replay)
        picture.apply(message.kind, message.body)
        if message.kind == "progress" and until(picture):
            return picture
