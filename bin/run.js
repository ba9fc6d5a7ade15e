#!/usr/bin/env node
'use strict'
// oclif checks the engine with semver at every start (13 ms); npm and package.json say the same.
process.env.OCLIF_DISABLE_ENGINE_WARNING ??= '1'
// oclif asks the list of users for a shell where none is named: in a container the user may not be in it.
process.env.SHELL ??= '/bin/sh'
require('../dist/cli/start.cjs').start(process.argv.slice(2))
