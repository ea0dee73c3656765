"""Asks an export by the SQL beside it, as its README.md says, and holds every cell against
spacelog's own answers.

    compare.py duckdb|spark FOLDER SPACES.json HOSTS.json KEYWORDS.json

The JSON files are what `spacelog spaces`, `hosts --min-spaces 1` and `keywords` gave with
`--as-of seq:N`, N being the last seq of the export. With spark, master and memory are those of
SPARK_MASTER (by default local-cluster[2,1,1024]: two worker processes).
"""

import atexit
import datetime
import json
import os
import re
import sys


def block(folder, language):
    """The first block of this language in the README."""
    text = open(os.path.join(folder, "README.md"), encoding="utf-8").read()
    return re.search(rf"```{language}\n(.*?)```", text, re.S).group(1)


def duckdb_asker(folder):
    import duckdb

    os.chdir(folder)
    connection = duckdb.connect()
    views = open("views.sql", encoding="utf-8").read()
    connection.execute(block(".", "sql").replace(".read views.sql", views))

    def ask(query):
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]

    return ask


def spark_asker(folder):
    from pyspark.sql import SparkSession

    master = os.environ.get("SPARK_MASTER", "local-cluster[2,1,1024]")
    builder = SparkSession.builder.master(master).appName("spacelog")
    # The data is small: a shuffle into many parts would only cost time.
    builder = builder.config("spark.sql.shuffle.partitions", "2")
    spark = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    atexit.register(spark.stop)
    exec(block(folder, "python"), {"spark": spark, "folder": folder})
    return lambda query: [row.asDict() for row in spark.sql(query).collect()]


def moment(text):
    """Milliseconds of an RFC 3339 time."""
    if text is None:
        return None
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (time - epoch) // datetime.timedelta(milliseconds=1)


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def compare(what, theirs, ours, key, columns):
    """Holds rows against each other, cell by cell, and says how many agree."""
    theirs = {row[key]: row for row in theirs}
    ours = {row[key]: row for row in ours}
    if set(theirs) != set(ours):
        sys.exit(f"{what}: only one of both has {sorted(set(theirs) ^ set(ours))[:5]}")
    for name, row in ours.items():
        for theirs_name, ours_name, read in columns:
            expected, found = read(row[ours_name]), theirs[name][theirs_name]
            if theirs_name == "doubts" and found is not None:
                # A table has them as JSON.
                found = json.loads(found)
            if expected != found:
                sys.exit(f"{what} {name}: {theirs_name} is {found!r}, and not {expected!r}")
    cells = len(ours) * len(columns)
    print(f"{what}: {len(ours)} rows, {cells} cells agree", flush=True)


def main():
    engine, folder, *answers = sys.argv[1:]
    spaces, hosts, keywords = (load(os.path.abspath(path)) for path in answers)
    folder = os.path.abspath(folder)
    ask = {"duckdb": duckdb_asker, "spark": spark_asker}[engine](folder)
    plain = lambda value: value
    same = lambda *names: [(name, name, plain) for name in names]

    live = [row for row in spaces if row["peak_at"] or row["tracked_seconds"] is not None]
    compare("spaces", ask("SELECT * FROM space_audience"), live, "space_id", same(
        "title", "state", "participants", "peak_participants", "average_participants",
        "participant_hours", "tracked_seconds", "airtime_seconds", "coverage",
    ) + [("peak_ms", "peak_at", moment)])
    compare("hosts", ask("SELECT * FROM host_leaderboard"), hosts, "user_id", same(
        "username", "name", "followers", "spaces", "average_participants", "peak_participants",
        "participant_hours", "airtime_seconds", "reach",
    ) + [("host_rank", "rank", plain)])
    compare("keywords", ask("SELECT * FROM keyword_counts"), keywords, "keyword", same(
        "spaces", "previous_spaces", "participant_hours",
    ))
    # The tables that hold the answers themselves, and what those rest on.
    behind = ("gaps", "gap_seconds", "average_resolution_seconds", "ends_reported",
              "ends_inferred", "on_air", "doubted", "doubted_observations", "doubts", "basis")
    if engine == "duckdb":
        compare("table hosts", ask("SELECT * FROM 'hosts/*.parquet'"), hosts, "user_id", same(
            "rank", "username", "average_participants", "participant_hours", "reach", "coverage",
            "hosted", "co_hosted", "spoke", "follower_growth", *behind,
        ))
        compare("table keywords", ask("SELECT * FROM 'keywords/*.parquet'"), keywords, "keyword",
                same("spaces", "previous_spaces", "participant_hours", "share", "trending",
                     "kind", "coverage", *behind))
        doubts = [doubt for row in spaces for doubt in row["doubts"] or []]
        found = ask("SELECT d.*, o.participants AS seen FROM doubts d "
                    "JOIN observations o USING (monitor, seq)")
        told = lambda row: (row["space_id"], row["rule"], row["seq"], row["participants"])
        if sorted(map(told, found)) != sorted(map(told, doubts)):
            sys.exit(f"table doubts: {len(found)} rows, and not {len(doubts)}")
        if any(row["participants"] != row["seen"] for row in found):
            sys.exit("table doubts: a count is not that of its observation")
        print(f"table doubts: {len(found)} rows agree", flush=True)
        compare("table spaces", ask("SELECT * FROM spaces"), spaces, "space_id", same(
            *(name for name, value in spaces[0].items()
              if name not in ("space_id", "spam") and not name.endswith(("_at", "_between"))
              and name not in ("scheduled_start", "first_seen", "last_seen")),
        ))


main()
