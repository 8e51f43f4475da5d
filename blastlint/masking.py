"""What must never be shown: values under secret-like names, .env files, Kubernetes Secret data, tokens by their shape.

`mask_value` is for one value with a known name, `mask_text` for prose and commands, `masked_lines` for source. A reference
(`var.x`, `${X}`, `{{ x }}`), a boolean and an empty value say nothing, and stay readable.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from blastlint.regex import regex, screened

MASK = "***"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- names ----------------------------------------------------------------------------------------------------------

_WORDS = _words(
    """
    password passwords passwd passphrase pass pwd pw secret secrets token tokens credential credentials apikey dsn
    pat authorization bearer jwt privatekey accesskey authtoken
    """
)
_INSIDE = ("password", "passwd", "passphrase", "secret", "apikey", "privatekey", "accesskey", "authtoken")
_KEY_OF = _words(
    """
    api access private secret encryption signing auth account storage master shared ssh license service deploy host
    admin webhook subscription function instrumentation
    """
)
# A last word after which the name tells something about a secret, and not the secret.
_ABOUT = _words(
    """
    name names arn arns id ids ref refs path paths file files dir ttl expiry expires expiration expired age length
    size min max policy policies type kind enabled disabled required rotation rotate days hours minutes seconds
    count limit version versions url uri endpoint host port prefix suffix class store provider manager engine
    backend mode format algorithm algo validity window reuse lifetime timeout key namespace role permissions scopes
    scope audience issuer reset field label labels annotations header url_path budget usage per rate review reviewer
    input output inputs outputs
    """
)
_CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_SEGMENT = regex(r'\["?([^\]"]*?)"?\]|\[\w+="([^"]*)"\]|([^.\[\]]+)')
_PLAIN = regex(
    r"(?:true|false|yes|no|on|off|null|nil|none|undefined|inherit|required|optional|enabled|disabled|~|-|\{\}|\[\]|0)?",
    re.I,
)
_REFERENCE = regex(
    r"""(?x) ["']? (?:
      \$\{\{ [^}'"]* \}\} | \$\{ [\w.\[\]"'*-]+ \} | \$ [A-Za-z_]\w* | \$\( [^()]* \) | \{\{ [^}'"]* \}\} | %\w+%
      | (?: var | local | module | data | each | self | path | random_\w+ | [a-z0-9]+_\w+ ) (?: \. [\w-]+ | \[ [^\]]* \] )+
      | ! (?: Ref | GetAtt | Sub | ImportValue ) \s+ [\w.:-]+ | <[A-Za-z _-]+> ) ["']?"""
)


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a key of this name holds a secret: `db_password`, `apiKey`, `STRIPE_SECRET`; but `secret_name`, `token_ttl`
    and `password_policy` only speak about one."""
    words = [word for word in _CAMEL.split(name) if word]
    lower = [word.lower() for word in words]
    if not lower:
        return False
    if lower == ["auth"] and name.startswith("_"):
        return True  # npm's
    if any(first in _KEY_OF and second in ("key", "keys") for first, second in pairwise(lower)):
        return lower[-1] in ("key", "keys") or lower[-1] not in _ABOUT
    if lower[-1] in _ABOUT:
        return False
    if any(first == "connection" and second == "string" for first, second in pairwise(lower)):
        return True
    if any(word in _WORDS for word in lower):
        return True
    joined = "".join(lower)
    return any(part in joined for part in _INSIDE)


@lru_cache(maxsize=4096)
def is_secret_path(path: str) -> bool:
    """Whether a dotted path (`env[name="DB_PASSWORD"].value`, `secrets.db.main`) leads to a secret."""
    names = [next(filter(None, match), "") for match in _SEGMENT.findall(path)]
    names = [name for name in names if name and not name.isdigit()]
    if not names:
        return False
    if is_secret_name(names[-1]):
        return True
    last = _CAMEL.split(names[-1])[-1].lower()
    return last not in _ABOUT and any(is_secret_name(name) for name in names[:-1])


@lru_cache(maxsize=4096)
def is_secret_file(path: str) -> bool:
    """Files of which every value is masked: .env and its variants."""
    name = path.rsplit("/", 1)[-1].lower()
    return name.startswith(".env") or name.endswith(".env")


def says_nothing(text: str) -> bool:
    """Whether the text is no secret whatever its name: empty, a boolean, a keyword, or nothing but a reference."""
    text = text.strip().strip("\"'")
    return _PLAIN.fullmatch(text) is not None or _REFERENCE.fullmatch(text) is not None


# --- shapes ---------------------------------------------------------------------------------------------------------

_TOKEN = screened(
    "akia asia aida aroa ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox xapp- k_live_ k_test_ whsec_ sk- aiza npm_ pypi-"
    " sg. hvs. dop_v1_ shpat_ eyj",
    r"""(?x)
    (?<![A-Za-z0-9]) (?:
      (?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{16} (?![A-Za-z0-9])
    | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_\w{20,} | glpat-[\w-]{16,} | xox[abeoprs]-[\w-]{10,} | xapp-[\w-]{10,}
    | [sr]k_(?:live|test)_\w{8,} | whsec_\w{8,} | sk-(?:ant-|proj-)?[\w-]{20,} | AIza[\w-]{30,} | npm_[A-Za-z0-9]{30,}
    | pypi-[\w-]{30,} | SG\.[\w-]{16,}\.[\w-]{16,} | hvs\.[\w-]{20,} | dop_v1_[a-f0-9]{32,} | shpat_[a-f0-9]{16,}
    | eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?
    )"""
)
_PRIVATE_KEY = regex(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S)
_URL_PASSWORD = regex(r"(\b[A-Za-z][\w+.-]*://[^\s/:@'\"]*):([^\s/@'\"]+)@")
_URL_TOKEN = regex(r"(\b[A-Za-z][\w+.-]*://)([^\s/:@'\"$]{16,})@")
_WEBHOOK = screened("slack discord", r"(hooks\.slack\.com/services|discord(?:app)?\.com/api/webhooks)/[^\s'\"]+")
_SCHEME = screened("bearer basic", r"(\b(?:Bearer|Basic)\s+)([A-Za-z0-9._~+/=-]{8,})")
_QUERY = screened("=", r"([?&](?:[\w-]*(?:token|signature|secret|password|apikey|api_key)|sig|key)=)([^\s&'\"]+)", re.I)
_OPTION = screened("-", r"(?<!\S)(--?[A-Za-z][\w-]*)(=|\s+)(\"[^\"]*\"|'[^']*'|[^\s\"'-]\S*)")
_ASSIGNED = screened("=", r"(?<![\w-])([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|\$\([^()]*\)|[^\s\"';&|)]+)")
_LOGIN = screened("curl", r"(\bcurl\b.{0,300}?\s(?:-u|--user)[= ]?\s*[\"']?[^\s:\"']+:)([^\s\"']+)")
_MYSQL = screened("mysql mariadb", r"(\b(?:mysql|mysqldump|mysqladmin|mariadb)\b.{0,300}?\s-p)([^\s]+)")


def mask_text(text: str) -> str:
    """Prose or a command line with tokens, URL passwords and secret options hidden."""
    if "-----BEGIN" in text:
        text = _PRIVATE_KEY.sub(MASK, text)
    text = _TOKEN.sub(MASK, text)
    if "://" in text:
        text = _URL_TOKEN.sub(rf"\1{MASK}@", _URL_PASSWORD.sub(_url_password, text))
    text = _WEBHOOK.sub(rf"\1/{MASK}", text)
    text = _SCHEME.sub(rf"\1{MASK}", text)
    text = _QUERY.sub(rf"\1{MASK}", text)
    text = _OPTION.sub(_option, text)
    text = _ASSIGNED.sub(lambda m: f"{m[1]}={_hidden(m[2])}" if is_secret_name(m[1]) else m[0], text)
    return _MYSQL.sub(rf"\1{MASK}", _LOGIN.sub(rf"\1{MASK}", text))


def mask_value(name: str, text: str) -> str:
    """One value as it may be shown. `name` may be a dotted path."""
    if says_nothing(text):
        return text
    return MASK if is_secret_path(name) else mask_text(text)


def _url_password(match: re.Match[str]) -> str:
    return match[0] if says_nothing(match[2]) else f"{match[1]}:{MASK}@"


def _option(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}{_hidden(match[3])}" if is_secret_name(match[1].lstrip("-")) else match[0]


def _hidden(value: str) -> str:
    if says_nothing(value):
        return value
    return f"{value[0]}{MASK}{value[0]}" if value[0] in "\"'" else MASK


# --- source ---------------------------------------------------------------------------------------------------------

_LONGEST = 2000  # nobody reads further, and no expression here gets more to work on
_CODE = (
    ".py",
    ".pyi",
    ".js",
    ".jsx",
    ".ts",
    ".tsx",
    ".mjs",
    ".cjs",
    ".go",
    ".rb",
    ".java",
    ".rs",
    ".kt",
    ".cs",
    ".php",
)
_SHELL = (".sh", ".bash", ".zsh", ".ksh", ".mk")
_STRING = (
    r"(?:[rbfuRBFU]{0,2})(?:\"\"\".*?(?:\"\"\"|$)|'''.*?(?:'''|$)|\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|`[^`]*`?)"
)
# name, what stands between, value: in code only string literals are values, elsewhere the rest of the line is.
_CODE_PAIR = regex(
    r"(?:(?P<name>[A-Za-z_][\w.]*)(?:\s*:\s*[\w.\[\]| ]+?)?\s*(?::=|={1,3}|!=)\s*"
    r"|[\"'](?P<quoted>[\w.$ -]+)[\"']\]?\s*(?::|=>|={1,3}|,)\s*"
    r"|(?P<bare>[A-Za-z_]\w*):\s*)(?P<value>" + _STRING + ")"
)
_PAIR = regex(
    r"(?P<name>[\"']?(?P<bare>[A-Za-z_$][\w.$/-]*)[\"']?)(?P<between>\s*(?:=>|:=|\?=|\+=|=|:(?=\s|$|[\"'{\[]))\s*)(?P<value>.*)"
)
_SHELL_PAIR = regex(r"(?<![\w-])(?P<name>[A-Za-z_]\w*)=(?P<value>" + _STRING + r"|\$\([^()]*\)|[^\s;&|)]+)")
_DOCKER_PAIR = regex(r"^(\s*(?:ENV|ARG)\s+)([A-Za-z_]\w*)(\s+)(?!=)(\S.*)$", re.I)
_OPENS = regex(r"(?:[|>][+-]?\d?|<<[-~]?[\"']?(?P<end>\w+)[\"']?|[\[{(]|\"\"\"|'''|\S*[\[({])?\s*(?:\#.*)?$")
_KIND_SECRET = regex(r"^\s*(?:-\s+)?[\"']?kind[\"']?\s*:\s*[\"']?Secret\b", re.M)
_SECRET_DATA = regex(r"^\s*[\"']?(?:data|stringData)[\"']?\s*:")
_VARIABLE = regex(r"^\s*variable\s+\"?([\w-]+)\"?\s*\{")
_SENSITIVE = regex(r"^\s*sensitive\s*=\s*true\b", re.M)
_NAME_ENTRY = regex(r"(?<![\w\"'])[\"']?(?:name|key|parameterkey)[\"']?\s*[:=]\s*[\"']?([\w.-]+)", re.I)
_VALUE_ENTRY = regex(r"^\s*[\"']?(?:value|parametervalue)[\"']?\s*[:=]\s*", re.I)


def sensitive_variables(terraform: str) -> frozenset[str]:
    """Names of the variables that Terraform source declares `sensitive = true`."""
    found: set[str] = set()
    for block in re.split(r"^(?=variable\s)", terraform, flags=re.M):
        named = _VARIABLE.match(block)
        body = block.split("\n}", 1)[0]
        if named and _SENSITIVE.search(body):
            found.add(named[1])
    return frozenset(found)


def masked_lines(text: str, path: str, names: frozenset[str] = frozenset()) -> list[str]:
    """Every line of a file as it may be shown. `names` are further names that hold secrets (sensitive variables)."""
    return _Source(path, text, names).masked()


class _Source:
    """One pass over the lines of one file; `hidden` is the indentation below which everything is hidden."""

    def __init__(self, path: str, text: str, names: frozenset[str]) -> None:
        name = path.rsplit("/", 1)[-1].lower()
        self.lines = [line if len(line) <= _LONGEST else line[:_LONGEST] + "…" for line in text.split("\n")]
        self.names = names | sensitive_variables(text) if name.endswith((".tf", ".tofu")) else names
        self.all_values = is_secret_file(path)
        self.code = name.endswith(_CODE)
        self.shell = (
            name.endswith(_SHELL)
            or name in ("makefile", "gnumakefile")
            or (text.startswith("#!") and "sh" in text[:40])
        )
        self.docker = name.startswith(("dockerfile", "containerfile")) or name.endswith(".dockerfile")
        self.terraform = name.endswith((".tf", ".tofu", ".tfvars", ".hcl"))
        self.secret_document = self._secret_documents() if _KIND_SECRET.search(text) else frozenset()

    def _secret_documents(self) -> frozenset[int]:
        """Indexes of the lines that belong to a YAML document (or a JSON file) with a Kubernetes Secret in it."""
        found: set[int] = set()
        start = 0
        for index in range(len(self.lines) + 1):
            if index == len(self.lines) or self.lines[index].startswith("---"):
                if _KIND_SECRET.search("\n".join(self.lines[start:index])):
                    found.update(range(start, index))
                start = index + 1
        return frozenset(found)

    def masked(self) -> list[str]:
        out: list[str] = []
        hidden: int | None = None
        until = ""
        variable = ""
        entry = ""
        for index, line in enumerate(self.lines):
            body = line.strip()
            indent = len(line) - len(line.lstrip())
            if until:
                until = "" if until in line else until
                out.append(line[:indent] + MASK if body and until else self._shapes(line))
                continue
            if hidden is not None and body and indent <= hidden and body[0] not in "]})":
                hidden = None
            if hidden is not None and body:
                out.append(self._all_of(line))
                continue
            if "-----BEGIN" in line and "PRIVATE KEY" in line and "-----END" not in line:
                until = "-----END"
                out.append(line.split("-----BEGIN")[0] + MASK)
                continue
            if self.terraform:
                named = _VARIABLE.match(line)
                variable = named[1] if named else ("" if line.startswith("}") else variable)
            secret = self._value_of_secret(line, entry) or (index in self.secret_document and _SECRET_DATA.match(line))
            if variable and re.match(r"\s*default\s*=", line):
                secret = secret or self._is_secret(variable)
            named = _NAME_ENTRY.search(line)
            entry = named[1] if named else ("" if line.lstrip().startswith("- ") else entry)
            shown, opened = self._line(line, bool(secret))
            if opened is not None:
                hidden, until = (None, opened) if opened else (indent, "")
            out.append(shown)
        return out

    def _is_secret(self, name: str) -> bool:
        last = name.rsplit(".", 1)[-1]
        return last in self.names or is_secret_name(last)

    def _value_of_secret(self, line: str, entry: str) -> bool:
        """`value: x` below `name: DB_PASSWORD`."""
        return bool(entry) and self._is_secret(entry) and _VALUE_ENTRY.match(line) is not None

    def _line(self, line: str, secret: bool) -> tuple[str, str | None]:
        """The line as it may be shown, and what it opens: None for nothing, "" for deeper lines, else a terminator."""
        if line.lstrip().startswith(("#", "//")) and not self.all_values:
            return self._shapes(line), None
        if self.code:
            return self._shapes(_CODE_PAIR.sub(self._code_pair, line)), None
        if self.docker and (pair := _DOCKER_PAIR.match(line)):
            return (
                f"{pair[1]}{pair[2]}{pair[3]}{_hidden(pair[4])}" if self._is_secret(pair[2]) else self._shapes(line)
            ), None
        if self.shell or self.docker:
            return self._shapes(_SHELL_PAIR.sub(self._shell_pair, line)), None
        return self._pair(line, secret)

    def _pair(self, line: str, secret: bool) -> tuple[str, str | None]:
        """`name: value` of configuration, with pairs nested in the value."""
        at = 0
        while pair := _PAIR.search(line, at):
            if self.all_values or secret or self._is_secret(pair["bare"]):
                break
            at = pair.start("value")
        if pair is None:
            return self._shapes(line), None
        value = pair["value"].rstrip().rstrip(",")
        opens = _OPENS.fullmatch(value)
        if opens and not self.all_values:
            return self._shapes(line), opens["end"] or ""
        if says_nothing(value) or (self.terraform and self._is_expression(value)):
            shown = self._shapes(line)
        else:
            comma = "," if pair["value"].rstrip().endswith(",") else ""
            shown = self._shapes(line[: pair.start("value")]) + _hidden_whole(value) + comma
        return shown, "" if value.endswith(("{", "[", "(")) and not self.all_values else None

    def _all_of(self, line: str) -> str:
        """A line below a secret key: the key stays, its value goes."""
        if line.strip().rstrip(",;") in ("{", "}", "[", "]", "(", ")", "})", "])"):
            return line
        pair = _PAIR.search(line)
        if pair and line[: pair.start()].strip() in ("", "-", "{"):
            return line if says_nothing(pair["value"].rstrip(",")) else f"{line[: pair.start('value')]}{MASK}"
        lead = re.match(r"\s*(?:-\s+)?", line)
        assert lead is not None
        return lead[0] + MASK

    @staticmethod
    def _is_expression(value: str) -> bool:
        return re.match(r"[A-Za-z_][\w.]*(?:\(|\.|\[)|[!(]", value) is not None and '"' not in value

    def _code_pair(self, match: re.Match[str]) -> str:
        name = match["name"] or match["quoted"] or match["bare"] or ""
        if not self._is_secret(name) or says_nothing(match["value"]):
            return match[0]
        return match[0][: match.start("value") - match.start()] + _hidden_whole(match["value"])

    def _shell_pair(self, match: re.Match[str]) -> str:
        return f"{match['name']}={_hidden(match['value'])}" if self._is_secret(match["name"]) else match[0]

    @staticmethod
    def _shapes(line: str) -> str:
        return mask_text(line)


def _hidden_whole(value: str) -> str:
    quote = value[0] if value[:1] in ("'", '"', "`") else ""
    return f"{quote}{MASK}{quote}"
