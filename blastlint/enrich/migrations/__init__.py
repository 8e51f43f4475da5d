"""Facts about changes of databases, by where the change is written: `reports` has the `operation` facts (what is grave about
the operations that a change set adds; one fact for all operations of a file that are grave for the same reason), `commands`
those of statements given to a database's command line, `schemas` those of declared schemas and relations; `edits` what a
change does to the history of migrations itself, `settings` which settings rebuild a schema.
"""
