"""The checks of check.py: files reads, the middle looks at keys, references and wording, vectors recomputes."""
import sys

from .broken import broken
from .deadlines import check_deadlines
from .demo import check_demo
from .figures import check_figures, check_risk
from .files import errors
from .machines import check_machines
from .patrols import check_patrols
from .readme import check_readme
from .references import check_references
from .subsets import check_subsets
from .summary import print_summary
from .tasks import check_tasks
from .vectors import check_vectors
from .warranty import check_warranty
from .words import check_keys, check_orders, check_wording

CHECKS = (check_keys, check_orders, check_wording, check_references, check_warranty, check_tasks, check_subsets, check_risk, check_patrols, check_deadlines, check_figures, check_machines,
          check_demo, check_vectors, check_readme)


def main():
    if sys.argv[1:] == ["--broken"]:
        return broken()
    for check in CHECKS:
        check()
    print_summary()
    if errors:
        print("\n%d problems:" % len(errors))
        for e in errors:
            print(" -", e)
        return 1
    print("all checks passed")
    return 0
