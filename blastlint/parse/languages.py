"""Which language a file is in, by name first and by content where the name does not say."""

from __future__ import annotations

from blastlint.regex import regex

_BY_SUFFIX: tuple[tuple[str, str], ...] = (
    (".tf.json", "terraform-json"), (".tofu.json", "terraform-json"), (".tfvars.json", "terraform-json"),
    (".tf", "terraform"), (".tofu", "terraform"), (".tfvars", "terraform"), (".hcl", "terraform"),
    (".yaml", "yaml"), (".yml", "yaml"),
    (".json", "json"), (".jsonc", "json"), (".json5", "json"), (".tfstate", "json"), (".code-workspace", "json"),
    (".toml", "toml"),
    (".ini", "ini"), (".cfg", "ini"), (".conf", "ini"), (".service", "ini"), (".timer", "ini"),
    (".env", "dotenv"), (".properties", "properties"),
    (".py", "python"), (".pyi", "python"),
    (".sh", "shell"), (".bash", "shell"), (".zsh", "shell"), (".ksh", "shell"), (".bats", "shell"),
    (".ps1", "powershell"), (".psm1", "powershell"), (".mk", "makefile"), (".just", "makefile"),
    (".js", "javascript"), (".jsx", "javascript"), (".mjs", "javascript"), (".cjs", "javascript"),
    (".ts", "typescript"), (".tsx", "typescript"), (".mts", "typescript"), (".cts", "typescript"),
    (".go", "go"), (".php", "php"), (".rb", "ruby"), (".java", "java"), (".rs", "rust"), (".sql", "sql"),
    (".psql", "sql"), (".pgsql", "sql"), (".cql", "sql"), (".cs", "c_sharp"), (".xml", "xml"), (".prisma", "prisma"),
    (".md", "markdown"), (".mdx", "markdown"), (".mdc", "markdown"),
    (".dockerfile", "dockerfile"), (".jenkinsfile", "jenkinsfile"), (".zone", "zone"), (".kiro.hook", "json"),
)  # fmt: skip
_BY_NAME: dict[str, str] = {
    "makefile": "makefile", "gnumakefile": "makefile", "justfile": "makefile", ".justfile": "makefile",
    "dockerfile": "dockerfile", "containerfile": "dockerfile",
    "jenkinsfile": "jenkinsfile", "bun.lock": "json",
    "_redirects": "list",
    "procfile": "shell", "pipfile": "toml", "poetry.lock": "toml", "cargo.lock": "toml", "uv.lock": "toml",
    ".npmrc": "properties", "pip.conf": "ini", ".editorconfig": "ini", ".flake8": "ini", ".coveragerc": "ini",
    ".eslintrc": "json", ".prettierrc": "yaml", ".roomodes": "yaml", ".babelrc": "json",
    "rakefile": "ruby", "gemfile": "ruby",
    "mongod.conf": "yaml", "mongos.conf": "yaml",
    "caddyfile": "ini", ".htaccess": "ini", "sshd_config": "ini", "ssh_config": "ini",
}  # fmt: skip
# Programming languages, each with the first word of its entities' kinds.
FAMILIES = {
    "python": "python", "javascript": "javascript", "typescript": "javascript",
    "go": "go", "ruby": "ruby", "java": "java", "rust": "rust",
}  # fmt: skip
# A list of what is let in or kept out, one entry a line.
_LIST = regex(
    r"(^|[_.-])(allow(ed)?|den(y|ied)|block(ed)?|black|white|bann?ed|bans|malware|phishing|trusted|reject(ed)?)"
    r"([_-]?list(ed)?)?([_-]\w+)*(\.(txt|list|lst|acl))?$"
)
_LISTED = regex(r"(allow|deny|block|black|white|ban)[_-]?list$|\.(txt|list|lst|acl)$")
_ZONE_MARKS = (b"$TTL", b"$ORIGIN", b" SOA ", b"\tSOA")
_INTERPRETERS: tuple[tuple[bytes, str], ...] = (
    (b"python", "python"), (b"pwsh", "powershell"), (b"sh", "shell"), (b"node", "javascript"),
)  # fmt: skip


def language_of(path: str, data: bytes = b"") -> str:
    """The language's name, or "" when neither the name nor a `#!` line tells."""
    name = path.rsplit("/", 1)[-1].lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name == ".env" or name.startswith(".env."):
        return "dotenv"
    if name.startswith("jenkinsfile."):
        return "jenkinsfile"
    if name.startswith(("dockerfile.", "containerfile.")):
        return "dockerfile"
    for suffix, language in _BY_SUFFIX:
        if name.endswith(suffix):
            return language
    if name.startswith("env."):  # behind the suffixes: env.tf and env.yaml are what they say
        return "dotenv"
    if name.endswith(".rules") and "/.codex/rules/" in f"/{path}":
        return "codex-rules"
    if _LISTED.search(name) and _LIST.search(name):
        return "list"
    if name.endswith((".db", ".hosts")) or name.startswith("db."):
        return "zone" if any(mark in data for mark in _ZONE_MARKS) else ""
    if b"AWSTemplateFormatVersion" in data or (b"AWS::" in data and name.endswith((".template", ".cfn"))):
        return "json" if data.lstrip()[:1] == b"{" else "yaml"  # CloudFormation goes by any extension
    if data.startswith(b"#!"):
        line = data[:200].split(b"\n", 1)[0]
        for word, language in _INTERPRETERS:
            if word in line:
                return language
    return ""
