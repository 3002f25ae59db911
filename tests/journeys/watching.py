"""What a page may never do: break the content policy, throw, ask another host, scroll sideways."""

from urllib.parse import urlsplit

# Runs before the page's own scripts: violations of the content policy are kept for us.
KEEP_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""
# The elements and the texts that reach beyond the page's own width.
SIDEWAYS = """() => {
  const room = document.documentElement.clientWidth;
  const range = document.createRange();
  const reach = (node) => {
    range.selectNodeContents(node);
    return Math.max(range.getBoundingClientRect().right, node.getBoundingClientRect().right);
  };
  return [...document.querySelectorAll("body *")]
    .filter((element) => reach(element) > room + 1 && !element.closest(".board, .scrollx, .fbar, .tabs1, .botbar, .top"))
    .slice(-3).map((element) => element.outerHTML.slice(0, 120));
}"""


def watched(page, home):
    """A list that fills itself with what `page` does wrong; addresses outside `home` are wrong."""
    findings = []
    host = urlsplit(home).netloc

    def asked(request):
        target = urlsplit(request.url)
        if target.scheme in ("http", "https", "ws", "wss") and target.netloc != host:
            findings.append(f"asked another host: {request.url}")

    def said(message):
        if "Content Security Policy" in message.text:
            findings.append(f"content policy: {message.text}")

    page.add_init_script(KEEP_VIOLATIONS)
    page.on("request", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: findings.append(f"script: {error}"))
    return findings


def violations(page):
    return page.evaluate("window.violations ?? []")


def sideways(page):
    """Elements that stick out of the page to the right, when it scrolls sideways."""
    if page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    ):
        return []
    return page.evaluate(SIDEWAYS) or ["something"]
