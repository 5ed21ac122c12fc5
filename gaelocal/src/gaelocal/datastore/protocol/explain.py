"""Explain metrics: which index a query uses, and what running it has cost."""

import math
import time
from typing import Any

from gaelocal.datastore.protocol.indexes import Index, used_index
from gaelocal.datastore.state.queries import Query
from gaelocal.protobuf.datastore_pb2 import ExplainMetrics

ENTRIES_PER_READ = 1_000
"""Index entries that an aggregation may scan for the price of one read."""


class Explainer:
    """Collects the metrics of one call; `is_wanted` where the request asks for them."""

    def __init__(self, request: Any, query: Query) -> None:
        self.is_wanted = request.HasField("explain_options")
        self.only_plan = self.is_wanted and not request.explain_options.analyze
        self._query = query
        self._begun = time.perf_counter()

    def plan(self) -> ExplainMetrics:
        metrics = ExplainMetrics()
        used = metrics.plan_summary.indexes_used.add()
        used.update(_described(used_index(self._query)))
        return metrics

    def measured_query(self, results: int) -> ExplainMetrics:
        return self._measured(results, results, documents=results, entries=results)

    def measured_aggregation(self, entries: int) -> ExplainMetrics:
        return self._measured(1, math.ceil(entries / ENTRIES_PER_READ), documents=0, entries=entries)

    def _measured(self, results: int, reads: int, *, documents: int, entries: int) -> ExplainMetrics:
        metrics = self.plan()
        stats = metrics.execution_stats
        stats.results_returned = results
        stats.read_operations = max(reads, 1)
        stats.execution_duration.FromMicroseconds(int((time.perf_counter() - self._begun) * 1e6) + 1)
        billing = {
            "documents_billable": str(documents),
            "index_entries_billable": "0" if documents else str(entries),
            "small_ops": "0",
            "min_query_cost": "0" if reads else "1",
        }
        stats.debug_stats.update(
            {
                "documents_scanned": str(documents),
                "index_entries_scanned": str(entries),
                "billing_details": billing,
            }
        )
        return metrics


def _described(index: Index) -> dict[str, str]:
    names = [*((name, "DESC" if descending else "ASC") for name, descending in index.properties)]
    if names[-1:] != [("__key__", "DESC")]:
        names.append(("__key__", names[-1][1] if names else "ASC"))
    written = ", ".join(f"{'__name__' if name == '__key__' else name} {way}" for name, way in names)
    scope = "Includes ancestors" if index.ancestor and index.properties else "Collection group"
    return {"properties": f"({written})", "query_scope": scope}
