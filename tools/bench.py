"""Time the network library against plain networkx and against its own backends called bare; print ratios.

All figures come from this one run on this machine. Work inside Python is measured in processor seconds, the fastest of
several runs taken in turn with what it is compared to, so that other work on the machine changes the ratios little.
The whole command is measured by the clock and in processor seconds of all its processes.
`python tools/bench.py --without-networkx` skips the slow side, `--sizes` adds how the whole command grows with the rows.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scidip import networks  # noqa: E402


def seconds(*works, times=5):
    """Processor seconds of each piece of work: the fastest of several runs, taken in turn."""
    best = [float("inf")] * len(works)
    for _ in range(times):
        for place, work in enumerate(works):
            started = time.process_time()
            work()
            best[place] = min(best[place], time.process_time() - started)
    return best


def memberships(members, groups, rows, seed=1):
    """A random table of distinct memberships."""
    cells = np.random.default_rng(seed).choice(members * groups, size=rows, replace=False)
    return pd.DataFrame(
        {"member": [f"member {cell // groups:05d}" for cell in cells], "group": [f"group {cell % groups:05d}" for cell in cells]}
    )


def dated_memberships(rows, members=217, groups=534, years=200, seed=1):
    """A random table of distinct member-group-years with few large and many small bodies, as real ones have."""
    random = np.random.default_rng(seed)
    chance = np.outer(random.pareto(1.5, members) + 0.3, random.pareto(1.2, groups) + 0.3).ravel()
    chance = np.minimum(chance / chance.sum(), 3 / chance.size)
    drawn = random.choice(chance.size, size=2 * rows, p=chance / chance.sum()).astype(np.int64) * years
    cells = np.unique(drawn + random.integers(years, size=2 * rows))
    cells = np.sort(random.choice(cells, size=rows, replace=False))
    year, pair = 1816 + cells % years, cells // years
    return pd.DataFrame(
        {"member": [f"State {p // groups:03d}" for p in pair], "group": [f"Body {p % groups:03d}" for p in pair], "start": year, "end": year}
    )


def edges_of(nodes, ties, seed=1):
    graph = nx.gnm_random_graph(nodes, ties, seed=seed)
    return graph, pd.DataFrame([(f"n{a:05d}", f"n{b:05d}") for a, b in graph.edges], columns=["a", "b"])


def all_by_networkx(graph):
    """The measures of `centrality`, one after the other, in plain networkx."""
    nx.degree_centrality(graph)
    dict(graph.degree(weight="weight"))
    nx.betweenness_centrality(graph)
    nx.closeness_centrality(graph)
    nx.eigenvector_centrality_numpy(graph)
    nx.core_number(graph)
    nx.community.louvain_communities(graph, seed=1)


def all_by_backend(made, runs=1):
    """The same calls that `centrality` makes, bare: igraph, and scipy for the eigenvector."""
    import random

    import igraph
    from scipy.sparse.linalg import eigsh

    made.degree()
    made.strength(weights=np.ones(made.ecount()))
    made.betweenness(directed=False)
    made.closeness()
    eigsh(made.get_adjacency_sparse().astype(float), k=1, which="LA", v0=np.ones(made.vcount()), tol=0)
    made.coreness()
    for run in range(runs):
        igraph.set_random_number_generator(random.Random(1_000_003 + run))
        made.community_leiden(objective_function="modularity", weights=np.ones(made.ecount()), n_iterations=-1)


def projecting(lines, plain):
    table = memberships(195, 309, 12_000)
    if plain:
        graph = nx.Graph(table.itertuples(index=False))
        members = sorted(table["member"].unique())
        ours, theirs = seconds(lambda: networks.project(table), lambda: nx.bipartite.weighted_projected_graph(graph, members))
        lines.append(("project 12,000 memberships (195 x 309), from the table of names", ours, "networkx weighted_projected_graph", theirs, theirs / ours, "at least 20"))
    table = memberships(2_000, 14_000, 700_000)
    inc = networks.incidence(table)
    bare, ours, whole = seconds(lambda: inc.matrix @ inc.matrix.T, lambda: networks.project(inc), lambda: networks.project(table))
    lines.append(("project 700,000 memberships (2,000 x 14,000), from the matrix", ours, "scipy.sparse product, bare", bare, ours / bare, "at most 2"))
    lines.append(("the same, from the table of names", whole, "scipy.sparse product, bare", bare, whole / bare, "at most 2"))


def measuring(lines, plain):
    graph, edges = edges_of(500, 20_000)
    if plain:
        ours, theirs = seconds(lambda: networks.centrality(edges, seed=1), lambda: all_by_networkx(graph), times=2)
        lines.append(("all measures, 500 nodes, 20,000 ties", ours, "plain networkx", theirs, theirs / ours, "at least 20"))
    graph, edges = edges_of(2_000, 200_000)
    made, _ = networks.to_igraph(edges)
    bare, ours = seconds(lambda: all_by_backend(made), lambda: networks.centrality(edges, seed=1), times=2)
    lines.append(("all measures, 2,000 nodes, 200,000 ties", ours, "igraph and scipy, bare", bare, ours / bare, "at most 1.5"))


def commanding(lines, rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        dated_memberships(rows).to_csv(path, index=False)
        took, worked, most = _run_measured(path, Path(folder) / "out")
    lines.append((f"whole command, {rows:,} dated memberships (217 x 534, 200 years): {most / 1e9:.2f} GB", worked, "by the clock", took, None, "under 20 s and 1.5 GB"))


def _run_measured(path, out):
    """Seconds of the command by the clock, in processor time, and the most memory of all its processes (bytes, sampled)."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-m", "scidip", "network", str(path), "--out", str(out), "--quiet"]
    started = time.perf_counter()
    running = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while running.poll() is None:
        most = max(most, _memory(running.pid))
        time.sleep(0.05)
    if running.returncode:
        raise SystemExit(f"The command failed with exit code {running.returncode}.")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.perf_counter() - started, worked, most


def _memory(pid):
    """Resident memory of a process and its descendants, bytes (proportional where Linux tells it)."""
    import psutil

    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        return sum(process.memory_info().rss for process in family)
    except psutil.Error:
        return 0


def importing(lines):
    code = "import time, pandas; t = time.process_time(); import scidip, scidip.networks; print(time.process_time() - t)"
    took = min(float(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout) for _ in range(3))
    lines.append(("import scidip, beyond pandas", took, "", None, None, "under 0.3 s"))


def show(lines):
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in ("networkx", "igraph", "scipy", "numpy", "pandas"))
          + f"; {os.cpu_count()} cores\n")
    print("| what | processor s | against | s | ratio | target |\n| --- | ---: | --- | ---: | ---: | --- |")
    for what, ours, against, theirs, ratio, target in lines:
        print(f"| {what} | {ours:.3g} | {against} | {'' if theirs is None else f'{theirs:.3g}'} | {'' if ratio is None else f'{ratio:.3g}'} | {target} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-networkx", action="store_true")
    parser.add_argument("--sizes", action="store_true")
    chosen = parser.parse_args()
    lines = []
    projecting(lines, not chosen.without_networkx)
    measuring(lines, not chosen.without_networkx)
    for rows in (134_000, 268_000, 536_000) if chosen.sizes else (536_000,):
        commanding(lines, rows)
    importing(lines)
    show(lines)


if __name__ == "__main__":
    main()
