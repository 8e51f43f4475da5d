variable "name" {
  type    = string
  default = "Alpha Beta_gamma"
}
variable "list" {
  type    = list(string)
  default = ["b", "a", "c", "a"]
}
variable "numbers" {
  type    = list(number)
  default = [3, 1, 2]
}
variable "object" {
  type = object({
    a = optional(string, "x")
    b = optional(object({ c = optional(number, 5), d = optional(list(string)) }), {})
  })
  default = {}
}
variable "people" {
  type = list(object({ name = string, age = number, tags = optional(map(string), {}) }))
  default = [
    { name = "ann", age = 30, tags = { x = "1" } },
    { name = "bob", age = 25 },
    { name = "cid", age = 30 },
  ]
}
variable "cidr" {
  default = "10.0.0.0/16"
}
variable "flag" {
  type    = bool
  default = true
}
variable "maybe" {
  type    = string
  default = null
}

locals {
  words = split(" ", var.name)
  tests = {
    upper       = upper(var.name)
    title       = title(lower(var.name))
    slug        = replace(lower(var.name), "/[^a-z0-9]+/", "-")
    trim        = trimprefix(trimsuffix(var.name, "gamma"), "Alpha ")
    length      = length(var.name)
    substr      = substr(var.name, 0, 5)
    format      = format("%05.1f|%-6s|%q", var.numbers[0], local.words[0], local.words[1])
    formatlist  = join(";", formatlist("%s=%d", slice(var.list, 0, 3), var.numbers))
    sorted      = join(",", sort(var.list))
    distinct    = join(",", distinct(var.list))
    toset       = join(",", toset(var.list))
    reverse     = join(",", reverse(var.list))
    index       = index(var.list, "c")
    contains    = contains(var.list, "b")
    sum         = sum(var.numbers)
    minmax      = "${min(var.numbers...)}-${max(var.numbers...)}"
    element     = element(var.list, 5)
    chunk       = jsonencode(chunklist(var.list, 2))
    zip         = jsonencode(zipmap(slice(var.list, 0, 3), var.numbers))
    flatten     = jsonencode(flatten([var.list, [var.numbers]]))
    merge       = jsonencode(merge({ a = 1 }, { b = 2 }, var.flag ? { c = 3 } : {}))
    lookup      = lookup({ true = "on", false = "off" }, var.flag, "none")
    coalesce    = coalesce(var.maybe, local.words[0])
    coalescel   = join(",", coalescelist([], var.list))
    try         = try(var.object.b.d[0], "none")
    can         = can(tonumber(local.words[0]))
    nested      = var.object.b.c
    optional    = var.object.a
    keys        = join(",", keys({ for p in var.people : p.name => p.age }))
    values      = jsonencode(values({ for p in var.people : p.name => p.age }))
    grouped     = jsonencode({ for p in var.people : p.age => p.name... })
    filtered    = join(",", [for p in var.people : p.name if p.age > 26])
    splat       = join(",", var.people[*].name)
    deep        = jsonencode([for i, p in var.people : { (p.name) = merge(p.tags, { index = i }) }])
    cidrsubnet  = cidrsubnet(var.cidr, 8, 3)
    cidrhost    = cidrhost(var.cidr, 10)
    cidrsubnets = join(",", cidrsubnets(var.cidr, 4, 4, 8))
    netmask     = cidrnetmask(var.cidr)
    md5         = md5(var.name)
    base64      = base64encode(var.name)
    yaml        = yamlencode({ list = var.list, flag = var.flag })
    heredoc     = <<-EOT
      %{for w in local.words~}
      - ${w}
      %{endfor~}
      %{if var.flag}yes%{else}no%{endif}
    EOT
    regex       = regex("([A-Z])\\w+ ([A-Z])", var.name)[0]
    regexall    = length(regexall("[aeiou]", var.name))
    setops      = join(",", setsubtract(setunion(var.list, ["z"]), ["a"]))
    setprod     = length(setproduct(var.list, var.numbers))
    transpose   = jsonencode(transpose({ for p in var.people : p.name => [tostring(p.age)] }))
    range       = join(",", range(0, length(var.list), 2))
    ceil        = ceil(sum(var.numbers) / length(var.numbers))
    modulo      = var.numbers[0] % 2 == 0 && !var.flag || var.numbers[1] >= 1
    ternary     = var.flag ? var.name : join("", var.list)
    indent      = indent(2, join("\n", var.list))
    strrev      = strrev(local.words[0])
    parseint    = parseint("1${var.numbers[0]}", 16)
    timeadd     = timeadd("2024-01-01T00:00:00Z", "${var.numbers[0]}h")
    formatdate  = formatdate("YYYY-MM", "2024-0${var.numbers[0]}-01T00:00:00Z")
    one         = one([for p in var.people : p.age if p.name == "bob"])
    alltrue     = alltrue([for p in var.people : p.age > 20])
    startswith  = startswith(var.name, "Al")
    startsb     = endswith(var.name, "gamma")
    sensitive   = nonsensitive(sensitive(var.name))
    abs         = abs(var.numbers[1] - var.numbers[0])
    pow         = pow(2, var.numbers[2])
    signum      = signum(-var.numbers[0])
    matchkeys   = join(",", matchkeys(slice(var.list, 0, 3), var.numbers, [1, 3]))
    compact     = join(",", compact(concat(var.list, ["", var.maybe])))
  }
}

resource "terraform_data" "test" {
  for_each         = local.tests
  triggers_replace = each.value
}

module "mid" {
  source = "./modules/mid"
  people = { for p in var.people : p.name => p }
  flag   = var.flag
  cidr   = var.cidr
}

resource "terraform_data" "out" {
  triggers_replace = module.mid.summary
}
