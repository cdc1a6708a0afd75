"""Points on a world map. The backdrop shows land and no borders, and takes no side on any."""

from __future__ import annotations

import json

import matplotlib.pyplot as plt
from matplotlib.collections import PolyCollection

from scidip.charts import INK
from scidip.tables import data_folder

#: Goes below each map.
BOUNDARY_NOTE = "Land: Natural Earth (public domain). The map draws no borders and takes no position on any."


def world(ax: plt.Axes, *, west: float = -170, east: float = 180, south: float = -56, north: float = 78) -> plt.Axes:
    """Draw land in longitude and latitude (degrees) between the given limits."""
    outlines = json.loads((data_folder() / "outlines" / "land.geojson").read_text(encoding="utf-8"))
    # What lies outside is left out, and no detail is drawn that the page's width cannot show: a map is the
    # heaviest picture of a page.
    detail = (east - west) / 250
    rings = [_thinned(feature["geometry"]["coordinates"][0], detail) for feature in outlines["features"]]
    inside = [ring for ring in rings if len(ring) > 3 and _meets(ring, west, east, south, north)]
    ax.add_collection(PolyCollection(inside, facecolor="#E4E4E0", edgecolor="none", zorder=0))
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.set_aspect(1.25)
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def _thinned(ring: list, detail: float) -> list:
    """The ring without points that lie closer to the last kept one than `detail` degrees."""
    kept = [ring[0]]
    for longitude, latitude in ring[1:-1]:
        if abs(longitude - kept[-1][0]) + abs(latitude - kept[-1][1]) >= detail:
            kept.append([longitude, latitude])
    return [*kept, ring[-1]]


def _meets(ring: list, west: float, east: float, south: float, north: float) -> bool:
    longitudes, latitudes = zip(*ring)
    return min(longitudes) < east and max(longitudes) > west and min(latitudes) < north and max(latitudes) > south


def points(ax: plt.Axes, frame, *, label: str = "label", colour: str = "colour", size: str = "size",
           offsets: dict | None = None) -> plt.Axes:
    """One mark per row of frame with columns latitude, longitude (degrees); optional label, colour, size (points²).

    offsets: maps a label to (x, y, horizontal alignment) in points, to keep names of near towns apart.
    """
    for _, place in frame.iterrows():
        ax.scatter([place["longitude"]], [place["latitude"]], s=place[size] if size in frame else 40,
                   color=place[colour] if colour in frame else INK, edgecolor="white", linewidth=0.7, zorder=2)
        if label in frame and isinstance(place[label], str) and place[label]:
            x, y, align = (offsets or {}).get(place[label], (5, 4, "left"))
            ax.annotate(place[label], (place["longitude"], place["latitude"]), xytext=(x, y),
                        textcoords="offset points", ha=align, fontsize=9, zorder=3)
    return ax
