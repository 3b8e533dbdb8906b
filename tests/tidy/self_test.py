#!/usr/bin/python3
"""Each house rule is seen to fail on a violation that is planted in a small sound tree."""

import pathlib
import tempfile
import unittest

import rooms
import rules

SOUND = {
    "hub/CMakeLists.txt": """# rooms
commonwatch_room(base LIBRARIES Boost::headers)
commonwatch_room(model USES base LIBRARIES s2)
commonwatch_room(storage USES model
  LIBRARIES RocksDB::rocksdb)
""",
    "hub/base/time.h": "#pragma once\n#include <chrono>\n",
    "hub/model/event.h": '#pragma once\n#include "hub/base/time.h"\n',
    "hub/storage/log.cc": '#include <rocksdb/db.h>\n#include "hub/model/event.h"\n',
    "README.md": "Reads a workload from bench/workloads.\n",
}


class RuleTest(unittest.TestCase):
    def violations(self, rule, changes=None):
        with tempfile.TemporaryDirectory(prefix="tidy-") as folder:
            for name, text in {**SOUND, **(changes or {})}.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return list(rule(rules.Tree(folder)))

    def assert_caught(self, rule, changes, *words):
        found = self.violations(rule, changes)
        self.assertTrue(found, f"{rule.__name__} let it pass")
        for word in words:
            self.assertIn(word, found[0])

    def test_a_sound_tree_passes_every_rule(self):
        for rule in rules.RULES:
            self.assertEqual(self.violations(rule), [], rule.__name__)

    def test_an_unknown_room_is_caught(self):
        self.assert_caught(rules.rooms_are_known, {"hub/cellar/wine.cc": ""}, "hub/cellar")

    def test_a_table_that_goes_up_is_caught(self):
        saved = rooms.ROOMS["base"]
        rooms.ROOMS["base"] = (0, ("app",))
        try:
            self.assert_caught(rules.the_table_has_floors, {}, "base uses app")
        finally:
            rooms.ROOMS["base"] = saved

    def test_an_upward_include_is_caught(self):
        self.assert_caught(rules.includes_go_down,
                           {"hub/base/time.cc": '#include "hub/model/event.h"\n'},
                           "hub/base/time.cc:1", "hub/model/event.h")

    def test_an_include_of_a_neighbour_on_the_same_floor_is_caught(self):
        self.assert_caught(rules.includes_go_down,
                           {"hub/hotspot/engine.cc": '#include "hub/storage/log.h"\n'}, "hotspot")

    def test_an_include_that_is_not_rooted_is_caught(self):
        self.assert_caught(rules.includes_are_rooted,
                           {"hub/model/event.cc": '#include "event.h"\n'}, "event.h")
        self.assert_caught(rules.includes_are_rooted,
                           {"hub/model/event.cc": '#include "../base/time.h"\n'}, "../base/time.h")

    def test_generated_protobuf_outside_wire_is_caught(self):
        text = '#include "commonwatch/v1/event.pb.h"\n'
        rule = rules.libraries_show_through_at_one_place
        self.assert_caught(rule, {"hub/session/session.cc": text}, "event.pb.h", "wire")
        self.assertEqual(self.violations(rule, {"hub/wire/event.cc": text}), [])

    def test_rocksdb_outside_storage_is_caught(self):
        self.assert_caught(rules.libraries_show_through_at_one_place,
                           {"hub/pipeline/ingest.cc": "#include <rocksdb/db.h>\n"}, "storage")

    def test_a_cycle_of_files_is_caught(self):
        self.assert_caught(rules.files_form_no_cycle,
                           {"hub/model/a.h": '#include "hub/model/b.h"\n',
                            "hub/model/b.h": '#include "hub/model/c.h"\n',
                            "hub/model/c.h": '#include "hub/model/a.h"\n'},
                           "hub/model/a.h -> hub/model/b.h -> hub/model/c.h -> hub/model/a.h")

    def test_a_cycle_of_rooms_without_a_cycle_of_files_is_caught(self):
        self.assert_caught(rules.rooms_form_no_cycle,
                           {"hub/model/a.cc": '#include "hub/storage/b.h"\n',
                            "hub/storage/b.h": "",
                            "hub/storage/c.cc": '#include "hub/model/event.h"\n'},
                           "model -> storage -> model")

    def test_a_link_that_the_table_forbids_is_caught(self):
        text = SOUND["hub/CMakeLists.txt"].replace("(base ", "(base USES storage ")
        self.assert_caught(rules.the_build_agrees, {"hub/CMakeLists.txt": text},
                           "base may not link to storage")

    def test_an_include_that_is_not_linked_is_caught(self):
        text = SOUND["hub/CMakeLists.txt"].replace("storage USES model", "storage USES base")
        self.assert_caught(rules.the_build_agrees, {"hub/CMakeLists.txt": text},
                           "hub/storage/log.cc", "model")

    def test_a_room_that_is_not_built_is_caught(self):
        self.assert_caught(rules.the_build_agrees, {"hub/feed/feed.cc": ""}, "hub/feed")

    def test_every_forbidden_name_is_caught(self):
        for name in rooms.FORBIDDEN_NAMES:
            self.assert_caught(rules.names_say_something, {f"hub/{name}/time.h": ""}, name)
            self.assert_caught(rules.names_say_something, {f"clients/cli/{name}.cc": ""}, name)
            self.assert_caught(rules.names_say_something, {f"hub/base/string_{name}.h": ""}, name)

    def test_a_name_that_only_contains_a_forbidden_one_passes(self):
        self.assertEqual(self.violations(rules.names_say_something,
                                         {"proto/commonwatch/v1/event.proto": ""}), [])

    def test_a_long_file_is_caught(self):
        for folder in rooms.LENGTH_FOLDERS:
            self.assert_caught(rules.files_are_short,
                               {f"{folder}/long.cc": "\n" * (rooms.LINES_MAX + 1)}, "401 lines")
            self.assertEqual(self.violations(rules.files_are_short,
                                             {f"{folder}/long.cc": "\n" * rooms.LINES_MAX}), [])

    def test_every_left_over_is_caught(self):
        for word in rooms.LEFT_OVERS:
            self.assert_caught(rules.nothing_is_left_over,
                               {"docs/NOTES.md": f"fine\n{word}: later\n"}, "docs/NOTES.md:2")

    def test_a_placeholder_beside_real_sources_is_caught(self):
        self.assert_caught(rules.nothing_is_left_over, {"hub/storage/placeholder.cc": ""},
                           "placeholder.cc")

    def test_every_name_of_a_host_is_caught(self):
        for word in rooms.FORBIDDEN_WORDS:
            self.assert_caught(rules.no_machine_is_named,
                               {"README.md": f"see https://{word}/x\n"}, "README.md:1", word)

    def test_every_absolute_path_of_a_machine_is_caught(self):
        for path in rooms.FORBIDDEN_PATHS:
            for line in (f"cd {path}/main", f"'{path}'", f"({path})"):
                self.assert_caught(rules.no_machine_is_named, {"deploy/x": line + "\n"}, path)

    def test_an_awaited_lambda_with_state_is_caught_and_a_named_one_passes(self):
        rule = rules.no_lambda_with_state_is_awaited
        bad = "auto x = co_await run(pool, [held = held_, size]() -> Step { return held->f(); });\n"
        self.assert_caught(rule, {"hub/session/replayer.cc": "\n" + bad},
                           "hub/session/replayer.cc:2", "held = held_")
        for good in ("auto f = [held = held_] { return held->f(); };\nco_await run(pool, f);\n",
                     "co_await run(pool, [&](auto done) { post([h = held_] { h->f(); }); });\n",
                     "co_await run(pool, [this] { return g(); });\n",
                     "co_await run(pool); auto f = [held = held_] {};\n"):
            self.assertEqual(self.violations(rule, {"hub/session/replayer.cc": good}), [], good)

    def test_a_relative_path_and_a_web_route_pass(self):
        self.assertEqual(
            self.violations(rules.no_machine_is_named,
                            {"deploy/x": "bench/workloads ./work/x ~/work $dir/root\n"}), [])


if __name__ == "__main__":
    unittest.main()
