#!/usr/bin/env node
import module from 'node:module'

// oclif checks the engine with semver at every start (13 ms); npm and package.json say the same.
process.env.OCLIF_DISABLE_ENGINE_WARNING ??= '1'
// Node.js 22.1 and newer keep compiled code between runs; older ones have no such function.
module.enableCompileCache?.()
const { main } = await import('../dist/cli/main.js')
await main(process.argv.slice(2))
