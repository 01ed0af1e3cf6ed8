"""
Verdicts: verdicts.tsv says which one each client and origin of a run must get,
and why. Its rows were read out of steps, requests and packets, not out of what
altshark says; README.md tells how.
"""
import csv
import os


def wanted(folder):
    """By run, what is wanted of each (client, origin)."""
    runs = {}
    with open(os.path.join(folder, "verdicts.tsv"), newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            runs.setdefault(row["run"], {})[row["client"], row["origin"]] = row
    return runs


def reported(report):
    return {(client["client"], origin["origin"]): origin["verdict"]
            for client in report["clients"] for origin in client["origins"]}


def compare(name, report, rows):
    """How many are equal, of how many; tells of the others."""
    verdicts = reported(report)
    both = sorted(set(rows) | set(verdicts))
    equal = 0
    for key in both:
        row, got = rows.get(key), verdicts.get(key, "not in the report")
        if row and row["verdict"] == got:
            equal += 1
            continue
        want = f"{row['verdict']} ({row['reason']})" if row else "no row in verdicts.tsv"
        print(f"  {name} {' '.join(key)}: {want}, altshark says: {got}")
    return equal, len(both)
