"""Makes lab/src/main/resources/refrain/corpora/word-names.tsv out of CLDR's names of emoji:

    npm pack cldr-annotations-full@48.2.0 && tar xzf cldr-annotations-full-48.2.0.tgz
    python3 lab/src/scripts/word_names_from_cldr.py package lab/src/main/resources/refrain/corpora/word-names.tsv

A row is a thing whose name is one word of letters in English, French and Spanish, and another word
in English than in the other two; each name belongs to one thing only. A third of the rows, by a hash
of the English word, is there to explore with, and so are the words of an example that is well known.
"""
import hashlib, json, sys

LANGUAGES = ("en", "fr", "es")
WELL_KNOWN = {"cat", "dog"}

package, out = sys.argv[1:]
names, words = {}, {}
for language in LANGUAGES:
    with open(f"{package}/annotations/{language}/annotations.json", encoding="utf-8") as file:
        every = json.load(file)["annotations"]["annotations"]
    names[language] = {sign: (said.get("tts") or [""])[0].lower() for sign, said in every.items()}
    if language == "en":
        words = {sign: set(said.get("default", ())) for sign, said in every.items()}

rows, taken = [], set()
for sign in sorted(names["en"]):
    row = [names[language].get(sign, "") for language in LANGUAGES]
    if not all(name.isalpha() for name in row) or row[0] in row[1:]:
        continue
    keys = {f"{language} {name}" for language, name in zip(LANGUAGES, row)}
    if keys & taken:
        continue
    taken |= keys
    explore = row[0] in WELL_KNOWN or hashlib.sha256(row[0].encode()).digest()[0] % 3 == 0
    kind = "animal" if "animal" in words[sign] else "other"
    rows.append(row + [kind, "explore" if explore else "claim"])

with open(out, "w", encoding="utf-8", newline="\n") as file:
    file.write("\t".join(LANGUAGES) + "\tkind\tblock\n")
    for row in rows:
        file.write("\t".join(row) + "\n")
print(len(rows), "words, of which", sum(row[-1] == "claim" for row in rows), "for claims")
