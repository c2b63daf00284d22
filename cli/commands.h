/*
 * The command table: a row for each cmd_*.c, in the order help shows them. Included without an
 * include guard wherever the rows are wanted, with COMMAND(name) defined.
 */
COMMAND(live)
COMMAND(replay)
COMMAND(dissect)
COMMAND(interfaces)
COMMAND(report)
COMMAND(list)
COMMAND(explain)
COMMAND(check)
