#!/usr/bin/python3
"""Holds the house rules: tidy.py ROOT. Prints every violation; exit status 1 if there is one."""

import sys

import rules


def main(root):
    tree = rules.Tree(root)
    if not any(tree.code("hub")):
        print(f"tidy: {root}/hub holds no source file; is this the root of the checkout?")
        return 1
    violations = [f"{violation}  [{rule.__name__}]" for rule in rules.RULES
                  for violation in rule(tree)]
    print("\n".join(violations) or f"tidy: {len(rules.RULES)} rules hold in "
          f"{len(tree.text)} files")
    return 1 if violations else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: tidy.py ROOT")
    sys.exit(main(sys.argv[1]))
