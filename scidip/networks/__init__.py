"""Networks from membership tables: graphs, measures, null models, uncertainty.

Everything starts from one table, one row a membership, with the columns `member` and `group` and, where known,
`start`, `end`, `role`, `weight`, `source`, `lat`, `lon`. The parts:

- `build`: tables to incidence matrices, graphs, projections, slices, layers
- `measures`: centrality, communities, nestedness, bridges, redundancy
- `saturation`: how full a projection is, null models, the backbone
- `uncertainty`: leave one out, bounds for unseen participants, ranks that survive
- `io`: read anybody's table, write tables and graphs that are safe to open
- `study`: the whole analysis of one table, `draw`: its charts, `report`: its page

The names below can be used from `scidip.networks`; each loads its part when first used, so that importing this
package costs next to nothing.
"""

from importlib import import_module

from .errors import NetworkError

_WHERE = {
    "build": """membership_table from_participations from_memberships select Incidence incidence bipartite_graph
        project edge_weights graph to_igraph slices yearly_summary multilayer layer_overlap add_isolates""",
    "measures": """centrality bipartite_measures communities nestedness bridges cut_points redundancy components
        DEFINITIONS""",
    "saturation": """density how_full backbone degree_null curveball null_distribution concentration_test
        overlap_test false_discovery""",
    "uncertainty": """leave_one_out rank_survival rank_survives drop_least_certain unseen_counts bounds resample
        degree_without_each_group""",
    "io": """read_table check_table read_tidy write_csv write_graphml write_gexf example_path as_text shown
        TEMPLATE_COLUMNS""",
    "study": "Study analyse open_study",
    "draw": "draw_ranking draw_matrix draw_network draw_years draw_map layout",
}
# no function may have the name of a part: once that part is loaded, the name would be the module
_HOME = {name: part for part, names in _WHERE.items() for name in names.split()}
__all__ = ["NetworkError", *_HOME]


def __getattr__(name):
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    if name in _WHERE or name == "report":
        return import_module(f".{name}", __name__)
    raise AttributeError(f"scidip.networks has no {name!r}")


def __dir__():
    return sorted(__all__)
