"""`make openapi`: write docs/openapi.json unless an undeclared change would break clients."""

import sys

from tests.api_contract.committed import COMMITTED, DECLARED, ROOT, committed, declared, made_now, written
from tests.api_contract.surfaces import breaks


def main() -> int:
    document = made_now()
    found = breaks(committed(), document) if COMMITTED.exists() else []
    undeclared = [line for line in found if line not in declared()]
    if undeclared:
        print("This would break clients:", *(f"- `{line}`" for line in undeclared), sep="\n")
        print(f"Take it back, or put these lines into {DECLARED.relative_to(ROOT)} with the reason.")
        return 1
    COMMITTED.write_text(written(document), encoding="utf-8")
    print(f"Written: {COMMITTED.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
