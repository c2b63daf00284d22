"""The HTML report: self-contained, well formed, and nothing from outside becomes markup in it."""
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser

import build_pcap as build
from support import PCAPS, TIMEOUT, seep

LEAK_ARGS = ["--egress", build.EGRESS]
HOSTILE = "</bdi><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;\x1b[2J.pcap".replace("/", "|")
VOID = {"meta", "br", "path", "rect", "line"}
# What a report is made of: elements, and attributes of any of them.
ELEMENTS = VOID | {"html", "head", "title", "style", "body", "main", "header", "section", "footer",
                   "article", "h1", "h2", "h3", "p", "ul", "li", "bdi", "div", "span", "table",
                   "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "details", "summary", "svg",
                   "text"}
ATTRIBUTES = {"lang", "charset", "name", "content", "http-equiv", "class", "viewbox", "role", "id",
              "aria-labelledby", "aria-label", "d", "x", "y", "x1", "x2", "y1", "y2", "width",
              "height", "rx", "text-anchor", "textlength", "lengthadjust"}


class Page(HTMLParser):
    """What is in a report, and what should not be."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.errors, self.count, self.text = [], [], {}, {}
        self.feed(text)
        self.close()
        if self.open:
            self.errors.append(f"not closed: {self.open}")

    def handle_starttag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1
        names = [name for name, _ in attrs]
        if tag not in ELEMENTS or len(set(names)) != len(names) or not set(names) <= ATTRIBUTES:
            self.errors.append(f"<{tag} {attrs}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.errors.append(f"</{tag}>")

    def handle_data(self, data):
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data


def page_of(tally, case, out):
    text = out.decode("utf-8")
    page = Page(text)
    tally.check(text.startswith("<!DOCTYPE html>\n<html") and not page.errors, f"{case}: well formed",
                "\n".join(page.errors[:5]))
    away = re.findall(r"url\(|@import|href|src=|https?:|//", text.split("</style>")[0])
    tally.check(not away and "default-src 'none'" in text, f"{case}: nothing from elsewhere", str(away))
    tally.check(not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text), f"{case}: no control characters")
    return page


def test_report(tally, _folder):
    files = ["srflx-outside-egress/hit-srflx-v4.pcap", "srflx-outside-egress/hit-srflx-v6.pcap"]
    run = seep("replay", *LEAK_ARGS, "-o", "report:-", *files, cwd=PCAPS)
    page = page_of(tally, "report", run.out)
    summary = seep("replay", *LEAK_ARGS, "-o", "summary", *files, cwd=PCAPS).out.decode()
    tally.check(run.status == 1 and page.text["h1"] == summary.strip().splitlines()[-1].strip(),
                "report: the verdict of the summary", page.text["h1"])
    tally.check(page.count["svg"] == 3 and page.count["article"] == 2,
                "report: a picture for each client, a timeline, the findings", str(page.count))
    for word in (build.CLIENT, build.ISP, build.EGRESS, "frames 1, 2", "STUN and TURN", *files):
        tally.check(word in "".join(page.text.values()), f"report names {word}")


def test_report_without_leak(tally, _folder):
    for args, verdict in ((["--egress", build.EGRESS,
                            "tunnel:srflx-outside-egress/miss-through-tunnel.pcap"], "No leak seen."),
                          (["srflx-outside-egress/hit-srflx-v4.pcap"], "Nothing says where")):
        run = seep("replay", *args, "-o", "report:-", cwd=PCAPS)
        page = page_of(tally, f"report {args[-1]}", run.out)
        tally.check(run.status == 0 and page.text["h1"].startswith(verdict)
                    and page.count["svg"] == 1 and "article" not in page.count,
                    f"report: {verdict}", str(page.text))


def hostile(folder):
    path = folder / HOSTILE
    path.write_bytes(build.pcap(build.exchange()))
    return path


def test_report_hostile_name(tally, folder):
    path = hostile(folder)
    run = seep("replay", *LEAK_ARGS, "-o", "report:-", path)
    page = page_of(tally, "report, hostile name", run.out)
    tally.check(HOSTILE.replace("\x1b", "\\x1b") in page.text["bdi"], "report: a name is text",
                page.text["bdi"])


def test_report_in_a_browser(tally, folder):
    """It renders, with no message on the console and no script."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not browser:
        tally.skip("the report in a browser", "there is no chromium (CHROMIUM names one)")
        return
    file = folder / "report.html"
    seep("replay", *LEAK_ARGS, "-o", f"report:{file}", hostile(folder))
    done = subprocess.run([browser, "--headless=new", "--no-sandbox", "--disable-gpu",
                           "--disable-dev-shm-usage", f"--user-data-dir={folder}/profile",
                           "--enable-logging=stderr", "--dump-dom", file.as_uri()],
                          capture_output=True, timeout=TIMEOUT, check=False)
    console = [line for line in done.stderr.splitlines() if b"CONSOLE" in line]
    tally.check(done.returncode == 0 and not console and b"<article" in done.stdout,
                "a browser shows it", f"exit {done.returncode}, {console}\n{done.stderr[-300:]!r}")
    tally.check(b"<script" not in done.stdout and b"<img" not in done.stdout,
                "a browser finds no markup in names")
