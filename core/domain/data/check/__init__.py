"""The checks of check.py: files reads, the middle looks at keys, references and wording, vectors recomputes."""
import sys

from .broken import broken
from .deadlines import check_deadlines
from .demo import check_demo
from .figures import check_figures, check_risk
from .places import errors
from .machines import check_machines
from .patrols import check_patrols
from .places import Missing, errors
from .readme import check_readme
from .references import check_references
from .shapes import check_shapes
from .subsets import check_subsets
from .summary import print_summary
from .tasks import check_tasks
from .vectors import check_vectors
from .warranty import check_warranty
from .words import check_keys, check_orders, check_wording

CHECKS = (check_keys, check_orders, check_wording, check_references, check_warranty, check_tasks, check_subsets, check_risk, check_patrols, check_deadlines, check_figures, check_machines,
          check_demo, check_vectors, check_readme)


def look():
    """What cannot be read, or is of another kind than expected, ends the look: the rest would only stumble over it."""
    if not errors:
        check_shapes()
    if errors:
        return
    stumbled = []
    for check in CHECKS:
        try:
            check()
        except Missing as e:
            errors.append(str(e))
        except (ArithmeticError, AttributeError, LookupError, StopIteration, TypeError, ValueError) as e:
            stumbled.append("check.py, line 1: expected that %s can end, found %r" % (check.__name__, e))
    if not errors:  # else it stumbled over what is told already
        errors.extend(stumbled)


def main():
    if sys.argv[1:] == ["--broken"]:
        return broken()
    look()
    if not errors:
        print_summary()
    else:
        print("\n%d problems:" % len(errors))
        for e in errors:
            print(" -", e)
        return 1
    print("all checks passed")
    return 0
