"""Computes every primary claim of the study again, and one ablation by a forward pass of its own, in float64.

    python recompute.py [FOLDER]     # by default evidence, beside this file; ends with 1 where something differs
Needs numpy, scipy and safetensors, and nothing of Refrain, whose `refrain study evidence` writes the folder.
Refrain computes losses in float32: those of a sequence differ from these by 1e-5 nats or so.
"""
import collections, csv, gzip, json, pathlib, re, sys, types
import numpy as np
from safetensors.numpy import load_file
from scipy import special, stats

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "evidence")
STUDY = json.loads((FOLDER / "claims.json").read_text())
COLUMNS = {(row["variant"], int(row["seed"]), row["quantity"]): np.float64(row["value"])
           for row in csv.DictReader((FOLDER / "columns.csv").open())}
COMPARE = {"VALUE": lambda x, y: x, "DIFFERENCE": lambda x, y: x - y, "RATIO": lambda x, y: x / y}
MODEL = {"norm": "LAYER", "finalNorm": True, "dMlp": 0, "biases": "NONE", "smear": "NONE", "positions": "shortformer"}
FAULTS = []

def same(what, ours, theirs, tolerance=0.0, relative=0.0):
    none = theirs is None and np.isnan(ours)
    if not (none or ours == theirs or tolerance and abs(ours - theirs) <= tolerance + relative * abs(theirs)):
        FAULTS.append(f"{what}: Refrain has {theirs}, this file {ours}")

def mean(test, seeds):
    """Estimate, interval and p by Student's t over seeds, of the mean of a seed's arms or their weighted sum."""
    values = [np.dot(arms, test["weights"] or np.full(len(arms), 1 / len(arms))) for arms in seeds]
    error = stats.sem(values) if len(values) > 1 else np.nan
    t = stats.t(len(values) - 1, np.mean(values), error)
    return (np.mean(values), lambda alpha: (t.ppf(alpha / 2), t.ppf(1 - alpha / 2)) if error else (values[0],) * 2,
            lambda end: 2 * min(t.cdf(end), t.sf(end)) if error else 0.0)

def share(test, seeds):
    """The same by Clopper and Pearson, of the share of seeds with .5 or more in the arm nearest to failing."""
    worst = {"AT_LEAST": min, "AT_MOST": max}[test["bar"]["side"]]
    k, n = sum(worst(arms) >= 0.5 for arms in seeds), len(seeds)
    return (k / n, lambda alpha: (stats.beta.ppf(alpha / 2, k, n - k + 1) if k else 0.0,
                                  stats.beta.ppf(1 - alpha / 2, k + 1, n - k) if k < n else 1.0),
            lambda end: min(1.0, 2 * min(stats.binom.sf(k - 1, n, end), stats.binom.cdf(k, n, end))))

def lies(bar, interval):
    (low, high), (least, most) = interval, region(bar)
    return "inside" if least <= low and high <= most else "outside" if high < least or low > most else "across"

def region(bar):
    at, around = bar["at"], bar["around"]
    return {"AT_LEAST": (at, np.inf), "AT_MOST": (-np.inf, at), "WITHIN": (around - at, around + at)}[bar["side"]]

def evidence(test):
    """What the runs say about one test; a seed is one number, made of those of its arms."""
    def number(arm, seed):
        x = COLUMNS.get((arm, seed, test["quantity"]))
        y = COLUMNS.get((test["against"] or arm, seed, test["other"] or test["quantity"]))
        return None if x is None or y is None else COMPARE[test["compare"]](x, y)

    seeds = [[number(arm, seed) for arm in test["variants"]] for seed in STUDY["seeds"]]
    seeds = [[x for x in arms if x is not None] for arms in seeds if any(x is not None for x in arms)]
    known = [arms for arms in seeds if np.isfinite(arms).all() and len(arms) >= len(test["weights"])]
    estimate, interval, p = {"MEAN": mean, "SHARE": share}[test["statistic"]](test, known or [[np.nan]])
    lacking = len(known) < 0.75 * len(seeds)
    clears = lies(test["bar"], (estimate, estimate)) == "inside" and not lacking
    p = np.nan_to_num(max(map(p, filter(np.isfinite, region(test["bar"])))), nan=1.0) if clears else 1.0
    return types.SimpleNamespace(all=len(seeds), n=len(known), lacking=lacking, estimate=estimate, interval=interval,
                                 p=p, lies=lambda alpha, bar=test["bar"]: lies(bar, interval(alpha)))

def ruling(claim, test, control, alpha):
    if test.all < claim["seeds"]:
        return "UNDECIDED"
    if test.lies(alpha) == "outside":
        refuted = claim["paper"] and test.lies(alpha, claim["paper"]) == "outside"
        return "PAPER_REFUTED" if refuted else "BELOW_OUR_BAR" if claim["paper"] else "OUR_GUESS_REFUTED"
    if control and test.lies(alpha) == "inside" and not test.lacking:
        return ("CONTROL_FAILED" if control.lies(alpha) == "outside" else "NO_VALUE" if control.lacking
                else "HOLDS" if control.lies(alpha) == "inside" else "UNDECIDED")
    return "NO_VALUE" if test.lacking else "HOLDS" if test.lies(alpha) == "inside" else "UNDECIDED"

def claims():
    judged = [(c, evidence(c["test"]), c["control"] and evidence(c["control"])) for c in STUDY["claims"]]
    ps, passed = [max(t.p, c.p if c else 0) if t.all >= claim["seeds"] else 1.0 for claim, t, c in judged], 0
    for k, i in enumerate(np.argsort(ps, kind="stable")):  # Holm's procedure
        (claim, test, control), alpha = judged[i], STUDY["level"] / (len(ps) + STUDY["elsewhere"] - passed)
        passed += passed == k and ps[i] <= alpha
        name, found, (low, high) = claim["id"], ruling(claim, test, control, alpha), test.interval(alpha)
        print(f"{name}: {test.estimate:.4f} [{low:.4f}, {high:.4f}] at {1 - alpha:.4f}, p {ps[i]:.2g}, {found}")
        same(f"{name}, p of the claim", ps[i], claim["p"], 1e-12, 1e-6)
        same(f"{name}, verdict", found, claim["ruling"])
        for part, ours in zip(("found", "foundOfControl"), (test, control) if control else (test,)):
            theirs, where = claim[part], f"{name}, {part}: "
            same(where + "seeds", (ours.n, ours.all - ours.n), (theirs["n"], theirs["missing"]))
            same(where + "estimate", ours.estimate, theirs["estimate"], 1e-9)
            same(where + "p", ours.p, theirs["p"], 1e-12, 1e-6)
            for end, key in zip(ours.interval(alpha) + ours.interval(0.05), ("low", "high", "low95", "high95")):
                same(where + key, end, theirs[key], 1e-6)

def losses(model, w, tokens, cuts, rows):
    """Nats of each cut, [sequence, row]: without its heads, attention patterns those of the model as it is."""
    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x ** 2).mean(-1, keepdims=True) + model["normEps"]) * w[name + ".w"] + w[name + ".b"]

    places, streams = np.arange(tokens.shape[1] - 1), {(): w["embed.W_E"][tokens[:, :-1]]}
    for layer in range(model["nLayers"]):  # streams: by the heads that were left out so far
        at = rows if layer == model["nLayers"] - 1 else places
        q, k, v, o = (w[f"blocks.{layer}.attn.W_{name}"] for name in "QKVO")
        read = {cut: norm(x, f"blocks.{layer}.ln1")[:, None] for cut, x in streams.items()}
        placed = read[()] + w["pos_embed.W_pos"][places]  # queries and keys know where they are, values do not
        scores = placed[:, :, at] @ q @ (placed @ k).swapaxes(2, 3) / np.sqrt(model["dHead"])
        pattern = special.softmax(np.where(places > at[:, None], -np.inf, scores), -1)
        mixed, before, streams = {cut: pattern @ (x @ v) for cut, x in read.items()}, streams, {}
        for cut in {tuple(head for head in cut if head[0] <= layer) for cut in cuts}:
            below = tuple(head for head in cut if head[0] < layer)
            kept = [h for h in range(model["nHeads"]) if (layer, h) not in cut]
            streams[cut] = before[below][:, at] + (mixed[below][:, kept] @ o[kept]).sum(1)
    logits = {cut: norm(x, "ln_final") @ w["unembed.W_U"] for cut, x in streams.items()}
    return {cut: special.logsumexp(x, -1) - np.take_along_axis(x, tokens[:, rows + 1, None], -1)[..., 0]
            for cut, x in logits.items()}

def ablation(of):
    model = {**of["model"], "smear": of["model"]["smear"]["from"], "positions": of["model"]["positions"]["kind"]}
    same("model", MODEL, {key: model[key] for key in MODEL})
    tokens = load_file(FOLDER / "tokens.safetensors")["tokens"].astype(int)
    rows = np.array([np.arange(first, last + 1) for first, last in (of["early"], of["late"])])
    heads = lambda words: tuple((int(layer), int(head)) for layer, head in re.findall(r"L(\d+)H(\d+)", words))
    ours, theirs = collections.defaultdict(list), collections.defaultdict(list)
    for row in csv.DictReader(gzip.open(FOLDER / "losses.csv.gz", "rt")):
        theirs[int(row["step"]), heads(row["without"])].append((float(row["early"]), float(row["late"])))
    for step in of["steps"]:
        w = {name: x.astype(float) for name, x in load_file(FOLDER / f"step-{step}.safetensors").items()}
        for some in np.array_split(tokens, 1 + len(tokens) // 4):
            for cut, found in losses(of["model"], w, some, {cut for _, cut in theirs}, rows.ravel()).items():
                ours[step, cut].extend(found.reshape(len(some), 2, -1).mean(-1))
    off = max(np.abs(np.subtract(ours[key], theirs[key])).max() for key in theirs)
    same(f"{len(tokens)} sequences, largest difference of losses in nats", off, 0.0, 1e-4)
    print(f"{len(tokens)} sequences, losses differ by at most {off:.1e} nats")
    for step in of["steps"]:
        for quantity, sets in of["cuts"].items():
            icl = [{cut: np.diff(by[step, cut]).mean() for cut in map(heads, ["", *sets])} for by in (ours, theirs)]
            lost = [1 - np.mean([scores[heads(cut)] for cut in sets]) / scores[()] for scores in icl]
            print(f"{of['variant']} seed {of['seed']}, step {step}: ICL score {icl[0][()]:.4f} nats,"
                  f" {icl[0][()] * (1 - lost[0]):.4f} without heads, {quantity} {lost[0]:.4f}")
            if step == of["steps"][-1]:
                same(f"{quantity}, of its own losses", lost[1], COLUMNS[of["variant"], of["seed"], quantity], 1e-9)
                same(f"{quantity}, of losses computed here", *lost, 1e-4)

try:
    claims()
    ablation(STUDY["ablation"]) if STUDY["ablation"] else print(STUDY["noAblation"])
except KeyError as unknown:
    sys.exit(f"{unknown} is neither in the evidence nor known to this file")
sys.exit("\n".join(FAULTS) or print("Everything agrees."))
